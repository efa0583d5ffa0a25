"""Writes schema_org.json: of the schema.org vocabulary, the types we use, what they derive from, and their properties.

    python tests/schemas/schema_org.py schemaorg-all-https.jsonld

The vocabulary: https://schema.org/docs/developers.html. Run it again to use a type that is not among TYPES yet.
"""

import json
import sys
from pathlib import Path

EXTRACT = Path(__file__).with_name("schema_org.json")
TYPES = """
AboutPage BreadcrumbList CollectionPage ContactPage CorrectionComment EntryPoint ImageObject ItemList ListItem
NewsArticle NewsMediaOrganization OpinionNewsArticle Person ProfilePage SearchAction VideoObject WebPage WebSite
"""


def names(node, key):
    found = node.get(key, [])
    found = found if isinstance(found, list) else [found]
    return sorted(entry["@id"].removeprefix("schema:") for entry in found)


def extract(vocabulary):
    """{"types": {type: its parents}, "properties": {property: the types it belongs to}}"""
    nodes = {node["@id"].removeprefix("schema:"): node for node in vocabulary["@graph"]}
    types, waiting = {}, TYPES.split()
    while waiting:
        name = waiting.pop()
        types[name] = names(nodes[name], "rdfs:subClassOf")
        waiting += [parent for parent in types[name] if parent in nodes and parent not in types]
    properties = {}
    for name, node in nodes.items():
        domains = [kind for kind in names(node, "schema:domainIncludes") if kind in types]
        if domains:
            properties[name] = domains
    return {"types": types, "properties": properties}


if __name__ == "__main__":
    found = extract(json.loads(Path(sys.argv[1]).read_text()))
    EXTRACT.write_text(json.dumps(found, sort_keys=True, separators=(",", ":")).replace("],", "],\n") + "\n")
    print(f"{len(found['types'])} types, {len(found['properties'])} properties: {EXTRACT}")
