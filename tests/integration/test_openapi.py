#!/usr/bin/python3
"""docs/openapi.yaml is what the daemon says of itself, and what it says is sound."""
import json
import os
import re
import sys

import pytest
import yaml

from hall import HALLD, SOURCE, Hall

sys.path.insert(0, os.path.join(SOURCE, "docs"))
import openapi  # noqa: E402


def test_the_document_is_current():
    with open(os.path.join(SOURCE, "docs", "openapi.yaml"), encoding="utf-8") as f:
        assert f.read() == openapi.text(HALLD), "run: make openapi"


def test_every_operation_is_whole():
    doc = yaml.safe_load(openapi.text(HALLD))
    schemas = doc["components"]["schemas"]
    for name in re.findall(r"#/components/schemas/([^\"']+)", json.dumps(doc)):
        assert name in schemas
    for path, item in doc["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            assert operation["summary"] and operation["description"] and operation["x-roles"], where
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path)), where
            assert any(200 <= int(status) < 300 for status in operation["responses"] if status != "default"), where
            if method == "get":
                assert "requestBody" not in operation, where


def test_answers_are_as_described():
    with Hall() as hall:
        doc = hall.client().get("/openapi.json").body
        clerk, kiosk, admin = hall.client("clerk"), hall.client("kiosk"), hall.admin()
        ticket = kiosk.ticket().body
        clerk.post("/windows/1/open")
        answers = {("/tickets", "post"): kiosk.ticket(), ("/hall", "get"): kiosk.get("/hall"),
                   ("/board", "get"): kiosk.get("/board"), ("/catalogue", "get"): kiosk.get("/catalogue"),
                   ("/windows/{n}/next", "post"): clerk.post("/windows/1/next"),
                   ("/windows/{n}", "get"): clerk.get("/windows/1"), ("/windows", "get"): clerk.get("/windows"),
                   ("/tickets/{id}", "get"): clerk.get(f"/tickets/{ticket['id']}"),
                   ("/tickets/{id}/why", "get"): clerk.get(f"/tickets/{ticket['id']}/why"),
                   ("/tickets/by-token/{token}", "get"): kiosk.get(f"/tickets/by-token/{ticket['token']}"),
                   ("/me", "get"): clerk.get("/me"), ("/alarms", "get"): clerk.get("/alarms"),
                   ("/status", "get"): admin.get("/status"), ("/audit", "get"): admin.get("/audit"),
                   ("/admin/windows", "get"): admin.get("/admin/windows"), ("/admin/users", "get"): admin.get("/admin/users")}
        for (path, method), answer in answers.items():
            described = doc["paths"]["/api/v1" + path][method]["responses"][str(answer.status)]
            check(doc, described["content"]["application/json"]["schema"], answer.body, f"{method} {path}")


TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}


def check(doc, schema, value, where):
    if "$ref" in schema:
        schema = doc["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert isinstance(value, tuple(TYPES[t] for t in types)), where
    assert value is None or "enum" not in schema or value in schema["enum"], where
    if isinstance(value, dict) and "properties" in schema:
        for key, inner in value.items():
            assert key in schema["properties"], f"{where}.{key}"
            check(doc, schema["properties"][key], inner, f"{where}.{key}")
    if isinstance(value, list):
        for inner in value:
            check(doc, schema["items"], inner, where + "[]")


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
