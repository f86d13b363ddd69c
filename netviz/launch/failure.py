"""The exception that ends a run."""


class Failure(Exception):
    """Why the run stopped: a sentence that also says what to do, and the exit code (1, or 2 for wrong arguments)."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code
