"""Clocks fired per second, and how late, beside what can do the same (design/speed.md): `make bench WHAT=timers`.

Four engines take turns in one database, each from the same rows: the product's sweep; a bare ORM loop, which claims in the same batches
and writes as many rows to the same tables, but asks nobody's calendar and looks for nobody to tell; bare SQL, one statement a batch; and
procrastinate, a job queue on PostgreSQL, one job a clock, which writes the same step and notice. Half of the due clocks are warned, half
breached; among 1,000, 100,000 and 1,000,000 open ones.
"""
