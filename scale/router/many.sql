-- Many memories in one call, each at the place of its user. All are checked before any is stored, because they are stored by one
-- transaction a place.

CREATE FUNCTION homer_router.parts_of(memories jsonb) RETURNS TABLE (place integer, elements jsonb, positions integer[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT homer_router.place_of(m.element ->> 'user_id'::text), pg_catalog.jsonb_agg(m.element ORDER BY m.number),
           pg_catalog.array_agg(m.number::integer ORDER BY m.number)
      FROM pg_catalog.jsonb_array_elements(CASE WHEN pg_catalog.jsonb_typeof(memories) = 'array' THEN memories ELSE '[]' END)
           WITH ORDINALITY AS m (element, number)
     GROUP BY 1;
END;
COMMENT ON FUNCTION homer_router.parts_of(jsonb) IS 'The memories of a JSON array by their places, with the positions that they have in it.';

CREATE FUNCTION homer_router.message_of_all(message text, positions integer[]) RETURNS text
    LANGUAGE plpgsql
AS $function$
BEGIN
    RETURN pg_catalog.regexp_replace(message, 'memories\[\d+\]', pg_catalog.format(
        'memories[%s]', positions[pg_catalog.substring(message, 'memories\[(\d+)\]')::pg_catalog.int4]));
END
$function$;
COMMENT ON FUNCTION homer_router.message_of_all(text, integer[]) IS
'What a place says of a memory of its part, under the position that it has in all of them.';

CREATE FUNCTION homer_router.fault_of_part(
    place integer, elements jsonb, positions integer[], OUT "position" integer, OUT error_code text, OUT message text, OUT hint text
)
    LANGUAGE plpgsql
AS $function$
#variable_conflict use_variable
BEGIN
    PERFORM FROM homer_places.check_memories(ARRAY[place], homer_router.acting(), elements) AS c;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS error_code := RETURNED_SQLSTATE, message := MESSAGE_TEXT, hint := PG_EXCEPTION_HINT;
    "position" := positions[pg_catalog.substring(message, 'memories\[(\d+)\]')::pg_catalog.int4];
    message := homer_router.message_of_all(message, positions);
END
$function$;
COMMENT ON FUNCTION homer_router.fault_of_part(integer, jsonb, integer[]) IS
'What the first wrong memory of a part comes to, under the position that it has in all of them; null where none is wrong.';

CREATE FUNCTION homer_router.check_parts(memories jsonb) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    fault record;
    at_place pg_catalog.int4;
BEGIN
    SELECT p.place, f.error_code, f.message, f.hint INTO fault
      FROM homer_router.parts_of(memories) AS p, homer_router.fault_of_part(p.place, p.elements, p.positions) AS f
     WHERE f.error_code IS NOT NULL
     -- What is no memory's fault, such as a place out of reach, comes first.
     ORDER BY f."position" NULLS FIRST LIMIT 1;
    IF FOUND THEN
        PERFORM homer_router.raise_again(fault.place, fault.error_code, fault.message, '', fault.hint);
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.check_parts(jsonb) IS 'Refuses the first memory that cannot be right, wherever its place is.';

-- What is wrong with a memory may be known only as it is stored.
CREATE FUNCTION homer_router.remember_part(place integer, elements jsonb, positions integer[])
    RETURNS TABLE ("position" integer, id integer, outcome text)
    LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
DECLARE
    error_code pg_catalog.text;
    said pg_catalog.text;
    detail pg_catalog.text;
    hint pg_catalog.text;
BEGIN
    RETURN QUERY
        SELECT positions[r."position"], r.id, r.outcome FROM homer_places.homer_remember_many(place, homer_router.acting(), elements) AS r;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS error_code := RETURNED_SQLSTATE, said := MESSAGE_TEXT, detail := PG_EXCEPTION_DETAIL,
                            hint := PG_EXCEPTION_HINT;
    PERFORM homer_router.raise_again(place, error_code, homer_router.message_of_all(said, positions), detail, hint);
END
$function$;
COMMENT ON FUNCTION homer_router.remember_part(integer, jsonb, integer[]) IS
'homer_remember_many for the memories of a place, with the positions that they have in all of them.';

CREATE FUNCTION homer_router.homer_remember_many(memories jsonb) RETURNS TABLE ("position" integer, id integer, outcome text)
    LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
DECLARE
    places CONSTANT pg_catalog.int8 := (SELECT pg_catalog.count(*) FROM homer_router.parts_of(memories) AS p);
BEGIN
    IF places OPERATOR(pg_catalog.=) 0 THEN
        -- What is no array, or an empty one, any place can say.
        RETURN QUERY SELECT r.* FROM homer_places.homer_remember_many(0, homer_router.acting(), memories) AS r;
        RETURN;
    ELSIF places OPERATOR(pg_catalog.>) 1 THEN
        PERFORM homer_router.check_parts(memories);
    END IF;
    RETURN QUERY
        SELECT r."position", r.id, r.outcome
          FROM homer_router.parts_of(memories) AS p, LATERAL homer_router.remember_part(p.place, p.elements, p.positions) AS r
         ORDER BY 1;
    PERFORM homer_router.wait_for_places(p.place) FROM homer_router.parts_of(memories) AS p;
END
$function$;
COMMENT ON FUNCTION homer_router.homer_remember_many(jsonb) IS
'homer_remember_many: one that cannot be right refuses them all; one that replaces a memory it cannot replace refuses those of its place.';
