"""What is SQL in a PL/pgSQL body, and on which line."""

import pytest

from freehold.migrate.plpgsql import BodyError, read_body

BODY = """
#variable_conflict use_column
<<outer>>
DECLARE
    a int NOT NULL := 1;
    b app.kind%TYPE DEFAULT f(2);
    c CURSOR (x int) FOR SELECT x;
    d text[] COLLATE "C" = ARRAY['x;', $q$;$q$];
    e ALIAS FOR $1;
BEGIN -- a comment; with a semicolon
    a := g(1) + 1;
    b.x[2] = -3;
    IF a = 1 AND (b IS NULL) THEN
        PERFORM h(a), 'THEN';
    ELSIF EXISTS (SELECT 1) THEN
        RETURN;
    END IF;
    FOR r IN
        SELECT * FROM t
    LOOP
        UPDATE t SET x = CASE WHEN y THEN 1 ELSE 2 END;
    END LOOP;
    FOR i IN 1..n BY 2 LOOP
        EXECUTE 'x ' || i INTO STRICT a USING j(1), 2;
    END LOOP;
    BEGIN
        SELECT x, y
          INTO STRICT a, b.x
          FROM t;
        INSERT INTO t VALUES (1) RETURNING x INTO a;
    EXCEPTION WHEN no_data_found THEN
        RAISE EXCEPTION 'no %', k(a) USING HINT = 'x';
    END;
    RETURN QUERY EXECUTE l() USING 1;
    OPEN c2 FOR VALUES (1);
    CLOSE c2;
    RETURN NEXT m(1);
END outer
"""

PIECES = [
    ("expression", "1", 5, True),
    ("expression", "f(2)", 6, True),
    ("statement", "SELECT x", 7, True),
    ("expression", "ARRAY['x;', $q$;$q$]", 8, True),
    ("expression", "g(1) + 1", 11, True),
    ("expression", "-3", 12, True),
    ("expression", "a = 1 AND (b IS NULL)", 13, False),
    ("statement", "SELECT  h(a), 'THEN'", 14, False),
    ("expression", "EXISTS (SELECT 1)", 15, False),
    ("statement", "SELECT * FROM t", 19, False),
    ("statement", "UPDATE t SET x = CASE WHEN y THEN 1 ELSE 2 END", 21, False),
    ("expression", "1, n ,  2", 23, False),
    ("dynamic", "'x ' || i", 24, False),
    ("expression", "j(1), 2", 24, False),
    ("statement", "SELECT x, y\n                            \n          FROM t", 27, False),
    ("statement", "INSERT INTO t VALUES (1) RETURNING x", 30, False),
    ("expression", "no_data_found", 31, False),
    ("expression", "k(a)", 32, False),
    ("dynamic", "l()", 34, False),
    ("expression", "1", 34, False),
    ("statement", "VALUES (1)", 35, False),
    ("expression", "m(1)", 37, False),
]


def test_every_piece_is_found_with_its_line() -> None:
    found = [(kind, sql.strip(), line, sure) for kind, sql, line, sure in read_body(BODY)]
    assert found == PIECES


@pytest.mark.parametrize(
    ("statement", "sure"),
    [
        ("DELETE FROM t;", True),
        ("BEGIN DELETE FROM t; END;", True),
        ("IF a THEN NULL; END IF; DELETE FROM t;", True),
        ("LOOP EXIT; END LOOP; DELETE FROM t;", True),
        ("BEGIN NULL; EXCEPTION WHEN others THEN NULL; END; DELETE FROM t;", True),
        ("RETURN; DELETE FROM t;", True),
        ("IF a THEN DELETE FROM t; END IF;", False),
        ("CASE a WHEN 1 THEN NULL; ELSE DELETE FROM t; END CASE;", False),
        ("LOOP DELETE FROM t; END LOOP;", False),
        ("BEGIN DELETE FROM t; EXCEPTION WHEN others THEN NULL; END;", False),
        ("BEGIN NULL; EXCEPTION WHEN others THEN DELETE FROM t; END;", False),
        ("IF a THEN RETURN; END IF; DELETE FROM t;", False),
    ],
)
def test_statement_that_may_be_skipped_is_not_sure(statement: str, *, sure: bool) -> None:
    (found,) = [piece for piece in read_body(f"BEGIN {statement} END") if piece.sql == "DELETE FROM t"]
    assert found.sure is sure


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("BEGIN\n  DELETE FROM t", 2),
        ("BEGIN\n  IF a\n  DELETE FROM t; END", 2),
        ("BEGIN\n\n  x := 'a; END", 3),
        ("DECLARE\n  a int", 2),
        ("BEGIN\nFOR i IN", 2),
        ("BEGIN\nEXECUTE", 2),
    ],
)
def test_body_that_ends_too_early_has_the_line_of_what_never_ends(body: str, line: int) -> None:
    with pytest.raises(BodyError) as caught:
        read_body(body)
    assert caught.value.line == line


@pytest.mark.parametrize("body", ["", "  -- nothing", "END", "END END", ";", "BEGIN", "DECLARE BEGIN END;", "#"])
def test_odd_body_has_no_sql(body: str) -> None:
    assert read_body(body) == []
