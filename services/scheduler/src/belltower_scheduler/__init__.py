"""The clock: announces campaigns that are due, takes them away from dialers that died, folds what calls appended."""
