-- Who linked a file to a message.

CREATE TABLE homer.link_makers (
    link_id integer,
    user_id text,
    made_at timestamp NOT NULL,
    CONSTRAINT link_makers_pkey PRIMARY KEY (link_id, user_id),
    CONSTRAINT link_makers_user_id_bounded CHECK (pg_catalog.octet_length(user_id) <= 1000)
);
ALTER TABLE homer.link_makers ALTER COLUMN user_id SET STATISTICS 0;
CREATE INDEX link_makers_user_id_idx ON homer.link_makers (user_id, link_id);

COMMENT ON TABLE homer.link_makers IS
'Who made a link of homer_file_messages besides the owner of its file. The owner made each link of which no row here has the very moment.';
COMMENT ON COLUMN homer.link_makers.link_id IS 'The link.';
COMMENT ON COLUMN homer.link_makers.user_id IS 'A user in whose conversation the link was made.';
COMMENT ON COLUMN homer.link_makers.made_at IS 'When, in UTC: the created_at of the link for the user who stored it, later for one who made it again.';

SELECT pg_catalog.pg_extension_config_dump('homer.link_makers', '');
