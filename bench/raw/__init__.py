"""The least work of each path's shape, by hand: what Belltower's figures are held against."""
