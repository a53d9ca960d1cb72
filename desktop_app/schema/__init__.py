"""Forms are data: the parameter pack in `forms/` read into frozen definitions, field types and clauses."""
