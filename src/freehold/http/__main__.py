"""``python -m freehold.http`` prints the OpenAPI document."""

import json
import sys

from freehold.http.application import openapi

json.dump(openapi(), sys.stdout, indent=2, ensure_ascii=False)
sys.stdout.write("\n")
