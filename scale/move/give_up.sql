-- Takes a place that has moved out of use: psql "$OLD" -f scale/move/give_up.sql. Its database stays as it is, for reading only, until
-- somebody drops it.

\set ON_ERROR_STOP on
SET default_transaction_read_only = off;
-- With its slot at place 0, which would keep that from removing old WAL.
DROP SUBSCRIPTION homer_everyone;
