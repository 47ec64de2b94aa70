"""What can go wrong with the catalog; each message is one line that names the remedy."""


class CatalogError(Exception):
    """Any error of the form catalog."""


class UnknownForm(CatalogError):
    """A form or version that the catalog does not hold."""

    def __init__(self, form: str, version: str | None, known: tuple[str, ...]) -> None:
        wanted = form if version is None else f"{form} {version}"
        super().__init__(f"The catalog has no form {wanted}; it holds {', '.join(known) or 'none'}.")


class UnknownField(CatalogError):
    """A field that a form does not have."""

    def __init__(self, form: str, version: str, name: str) -> None:
        super().__init__(
            f"{form} {version} has no field {name}; "
            f"`remsfax templates show {form} --version {version}` lists them."
        )


class BadTemplate(CatalogError):
    """A template.yaml that does not describe a form."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where} is not a template: {why}. Correct it, then run `remsfax templates check`.")


class MissingBlank(CatalogError):
    """A template without the blank PDF that is drawn from it."""

    def __init__(self, form: str, version: str) -> None:
        super().__init__(
            f"{form} {version} has no blank.pdf beside its template.yaml; "
            f"draw it with `remsfax templates draw {form} --version {version} --out blank.pdf`."
        )


class ConditionError(CatalogError):
    """A condition that cannot be read."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(
            f"The condition '{text}' cannot be read: {why}. "
            "Write tests such as `a == yes`, `a filled`, `a has b`, joined by and, or, not and parentheses."
        )
