"""The paths that are measured, one a module: Belltower and its raw baseline on the same servers, one after the other."""
