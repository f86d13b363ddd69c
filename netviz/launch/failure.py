"""The exception that stops a command of netviz with a message for the user."""


class Failure(Exception):
    """Means that the current command must stop. The text says why and what to do. The exit code is 1, or 2 for wrong
    arguments.
    """

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code
