-- The operator by which an index finds keys.

-- PostgreSQL's own overlap of arrays, as an operator that row security lets choose an index: && is not leakproof, because
-- it serves every type of element; for uuid it has nothing to tell.
CREATE FUNCTION homer.keys_overlap(one uuid[], other uuid[]) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'keys_overlap_wrapper';
COMMENT ON FUNCTION homer.keys_overlap(uuid[], uuid[]) IS 'Whether two arrays of keys have one in common.';

CREATE OPERATOR homer.&& (
    LEFTARG = uuid[], RIGHTARG = uuid[], FUNCTION = homer.keys_overlap, COMMUTATOR = OPERATOR(homer.&&),
    RESTRICT = pg_catalog.contsel, JOIN = pg_catalog.contjoinsel
);
COMMENT ON OPERATOR homer.&& (uuid[], uuid[]) IS 'Whether two arrays of keys have one in common.';

CREATE OPERATOR CLASS homer.keys_ops FOR TYPE uuid[] USING gin AS
    OPERATOR 1 homer.&& (uuid[], uuid[]),
    FUNCTION 1 pg_catalog.uuid_cmp(uuid, uuid),
    FUNCTION 2 pg_catalog.ginarrayextract(anyarray, internal, internal),
    FUNCTION 3 pg_catalog.ginqueryarrayextract(anyarray, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 pg_catalog.ginarrayconsistent(internal, smallint, anyarray, integer, internal, internal, internal, internal),
    FUNCTION 6 pg_catalog.ginarraytriconsistent(internal, smallint, anyarray, integer, internal, internal, internal),
    STORAGE uuid;
COMMENT ON OPERATOR FAMILY homer.keys_ops USING gin IS 'The family of the operator class of the same name.';
COMMENT ON OPERATOR CLASS homer.keys_ops USING gin IS 'An index of arrays of keys, as PostgreSQL''s own for arrays.';
