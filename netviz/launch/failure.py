"""How a run ends badly."""


class Failure(Exception):
    """What stopped the run: one sentence that says what to do, and the exit code (1, or 2 for a wrong call)."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code
