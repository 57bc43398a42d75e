"""Who and what the demonstration is made of."""

from typing import Final, NamedTuple

DOMAIN: Final = "freehold-demo.example.com"
"""Of their addresses: a name that is reserved for examples (RFC 2606), where no mail ever arrives."""


class Person(NamedTuple):
    """Somebody of the demonstration."""

    first_name: str
    last_name: str

    @property
    def username(self) -> str:
        """What they are called."""
        return f"demo_{self.first_name.lower()}"

    @property
    def email(self) -> str:
        """Their address, by which they are found again."""
        return f"{self.first_name.lower()}@{DOMAIN}"


class Group(NamedTuple):
    """An organization; its first person owns it, the second is an admin."""

    name: str
    slug: str
    people: tuple[Person, ...]
    projects: tuple[str, ...]


ADA, GRACE, KATHERINE, MARY = (
    Person("Ada", "Lovelace"),
    Person("Grace", "Hopper"),
    Person("Katherine", "Johnson"),
    Person("Mary", "Jackson"),
)
ALAN, EDSGER, BARBARA, DONALD = (
    Person("Alan", "Turing"),
    Person("Edsger", "Dijkstra"),
    Person("Barbara", "Liskov"),
    Person("Donald", "Knuth"),
)
ROSALIND, MARIE, CHIEN, LISE = (
    Person("Rosalind", "Franklin"),
    Person("Marie", "Curie"),
    Person("Chien", "Wu"),
    Person("Lise", "Meitner"),
)

GROUPS: Final = (
    Group(
        "Demo Rockets",
        "demo-rockets",
        (ADA, GRACE, KATHERINE, MARY, ALAN),
        (
            *("Guidance", "Telemetry", "Launch pad", "Fuel cells", "Mission control", "Recovery", "Heat shield"),
            *("Docking", "Navigation", "Ground stations", "Weather", "Range safety", "Simulator", "Star tracker"),
        ),
    ),
    Group(
        "Demo Compilers",
        "demo-compilers",
        (ALAN, EDSGER, BARBARA, DONALD, ADA),
        (
            *("Lexer", "Parser", "Type checker", "Optimizer", "Code generator", "Linker", "Debugger", "Formatter"),
            *("Package index", "Test runner", "Standard library", "Language server", "Website"),
        ),
    ),
    Group(
        "Demo Laboratory",
        "demo-laboratory",
        (ROSALIND, MARIE, CHIEN, LISE),
        (
            *("Crystallography", "Spectroscopy", "Beam line", "Sample store", "Safety", "Calibration", "Data archive"),
            *("Publications", "Instrument time", "Cryostat", "Detector", "Workshop", "Library"),
        ),
    ),
)
PEOPLE: Final = tuple(dict.fromkeys(person for group in GROUPS for person in group.people))
FEATURES: Final = (("issues", "wiki"), ("issues",), (), ("releases", "issues"))
