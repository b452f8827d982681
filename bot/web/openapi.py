"""The OpenAPI description, made from the endpoints' own declarations."""

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from sanic import Blueprint, HTTPResponse, Request, json

from bot.web.endpoint import ENDPOINTS, Endpoint

blueprint = Blueprint("openapi", url_prefix="/api/v1")
PARAMETER = re.compile(r"<(\w+)(?::(\w+))?>")
REF = "#/components/schemas/{model}"
ERROR = {
    "type": "object",
    "required": ["code", "message", "request_id"],
    "properties": {name: {"type": "string"} for name in ("code", "message", "request_id")},
}


@blueprint.get("/openapi.json")
async def openapi(request: Request) -> HTTPResponse:
    """Give the description of every JSON endpoint."""
    return json(describe())


def describe() -> dict[str, Any]:
    """Build the OpenAPI 3.1 document."""
    refs, schemas = models_json_schema(_models(), ref_template=REF)
    names = {model: ref["$ref"] for (model, _), ref in refs.items()}
    paths: dict[str, dict[str, Any]] = {}
    for item in ENDPOINTS.values():
        path = PARAMETER.sub(r"{\1}", item.path).rstrip("/")
        paths.setdefault(path, {})[item.method.lower()] = _operation(item, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": "DITP trade information desk", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": {**schemas.get("$defs", {}), "Error": ERROR},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _models() -> list[tuple[type[BaseModel], JsonSchemaMode]]:
    """List every model with the side it stands on: what is sent is described as it is serialised."""
    sent = {item.response for item in ENDPOINTS.values() if item.response}
    taken = {item.body for item in ENDPOINTS.values() if item.body} - sent
    return [*((model, "serialization") for model in sent), *((model, "validation") for model in taken)]


def _operation(item: Endpoint, names: dict[Any, str]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": item.summary,
        "parameters": _parameters(item),
        "responses": {str(item.status): _response(item, names), "default": _error()},
    }
    if item.role is not None:
        operation["security"] = [{"bearer": []}]
        operation["description"] = f"Needs the role {item.role} or higher."
    if item.body is not None:
        operation["requestBody"] = {"required": True, "content": _content(names[item.body])}
    return operation


def _parameters(item: Endpoint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if kind == "int" else "string"}}
        for name, kind in PARAMETER.findall(item.path)
    ]
    if item.query is not None:
        schema = item.query.model_json_schema()
        required = schema.get("required", [])
        found += [
            {"name": name, "in": "query", "required": name in required, "schema": property_}
            for name, property_ in schema["properties"].items()
        ]
    return found


def _response(item: Endpoint, names: dict[Any, str]) -> dict[str, Any]:
    if item.response is None:
        return {"description": item.summary}
    return {"description": item.summary, "content": _content(names[item.response])}


def _error() -> dict[str, Any]:
    return {"description": "What went wrong", "content": _content("#/components/schemas/Error")}


def _content(ref: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": ref}}}
