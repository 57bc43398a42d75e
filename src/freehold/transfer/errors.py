"""What can go wrong with a file as a whole; what is wrong with a line of it is a refusal."""

from freehold.base.errors import Conflict, FieldError, Invalid


class BadFile(Invalid):
    """A file cannot be read to its end, so nothing that is left of it is imported."""

    code = "bad_file"
    title = "The file cannot be read"

    def __init__(self, detail: str) -> None:
        super().__init__([FieldError("/file", self.code, detail)])


class NotThatSystem(Invalid):
    """A database is not that of the system that it was said to be."""

    code = "not_that_system"
    title = "This is not a database of that system"

    def __init__(self, system: str) -> None:
        detail = f"lacks tables or columns of {system}: if the users are in another table, name it with --table"
        super().__init__([FieldError("/from", self.code, detail)])


class ImportIsRunning(Conflict):
    """Somebody imports this very file at this moment."""

    code = "import_is_running"
    title = "Another process is importing this file: wait until it has finished"
    constraints = ("imports_pkey",)
