-- The router and this place pass values as text, which these settings keep from being read in two ways. A dump of one database does
-- not hold them: run node.sql again after restoring.

DO $do$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET datestyle = %L', current_database(), 'ISO, MDY');
    EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'UTC');
    EXECUTE format('ALTER DATABASE %I SET extra_float_digits = 1', current_database());
END
$do$;
