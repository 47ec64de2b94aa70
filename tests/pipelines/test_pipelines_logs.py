"""The log says where something failed, never what was read."""

import json
import logging

from pipelines.logs import JsonLines, where_it_failed


def failure() -> Exception:
    try:
        try:
            int("Ferreira-Lund")
        except ValueError as error:
            raise KeyError("born 1980-02-03") from error
    except KeyError as error:
        return error


def test_a_failure_is_told_by_type_and_place_alone() -> None:
    told = where_it_failed(failure())
    assert told["type"] == "KeyError"
    assert told["cause"]["type"] == "ValueError"
    assert any("failure" in place for place in told["at"])
    assert "Ferreira" not in json.dumps(told)
    assert "1980" not in json.dumps(told)


def test_a_line_is_one_object() -> None:
    record = logging.LogRecord("remsfax", logging.ERROR, __file__, 1, "fax set aside", (), None)
    record.facts = {"fax": "ab" * 32, "code": "empty_file"}
    error = failure()
    record.exc_info = (type(error), error, error.__traceback__)
    line = JsonLines().format(record)
    assert "\n" not in line
    read = json.loads(line)
    assert (read["event"], read["code"], read["level"]) == ("fax set aside", "empty_file", "error")
    assert "Ferreira" not in line
