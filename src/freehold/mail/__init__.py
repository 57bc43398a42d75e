"""Mail: written with the change that it speaks of, delivered afterwards."""

from freehold.base.slices import Slice

SLICE = Slice(package=__name__, commands={"mail": "List and show mails, delivered or waiting."})
