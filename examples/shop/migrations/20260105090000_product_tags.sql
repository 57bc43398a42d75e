-- Tags for the shop window.
-- migrate:up
CREATE TABLE product_tags (
    product_id bigint NOT NULL REFERENCES products ON DELETE CASCADE,
    tag varchar(30) NOT NULL,
    PRIMARY KEY (product_id, tag)
);
CREATE INDEX product_tags_tag_idx ON product_tags (tag);

-- migrate:down
DROP TABLE product_tags;
