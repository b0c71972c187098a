"""The blueprint that every call of the API as given is registered on."""

from __future__ import annotations

from apiflask import APIBlueprint

given = APIBlueprint("given", __name__, tag="The API as given", template_folder="templates")
