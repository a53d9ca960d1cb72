"""The contract type "door": a library is imported by its own layers and nowhere else."""

from grimp import ImportGraph
from importlinter import ContractCheck
from importlinter.contracts.protected import ProtectedContract


class DoorContract(ProtectedContract):
    """
    import-linter's "protected", which may also name what does not exist yet.

    The original (import-linter 2.16) stops with an error at a library nobody imports or a layer nobody
    has written, so a rule could only be laid down after the first chance to break it.
    """

    type_name = "door"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        for name in ("protected_modules", "allowed_importers"):
            present = [entry for entry in getattr(self, name) if entry.expression in graph.modules]
            setattr(self, name, present)
        return super().check(graph, verbose)
