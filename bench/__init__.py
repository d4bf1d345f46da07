"""Benchmarks: run by hand (`make bench WHAT=life`), never by the tests. Each measures its limit in the same run."""
