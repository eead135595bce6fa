"""Kill the real service anywhere, again and again: nothing is lost, nothing told twice under a new id.

python -m tests.crash --kills 500 --seed 1     the long proof, with a report
"""
