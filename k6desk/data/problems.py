"""What may be wrong with files from elsewhere, for those who need no more than to catch it."""


class ArchiveProblem(ValueError):
    """The archive cannot be read; `str()` is one sentence for people."""
