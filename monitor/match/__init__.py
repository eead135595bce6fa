"""Stage 3: find secrets in a text. Pure, and one scan for the whole rule book.

fold      one plain form for every way to write a character
lexicon   every listed name that stands there, verified; names.py makes candidates of them
choose    the candidates compete for their place
join      whose words, inside which window, graded by which rule
matcher   these four in a row
"""

from monitor.match.explain import CandidateStory, Explanation, PartStory
from monitor.match.matcher import Matcher

__all__ = ["CandidateStory", "Explanation", "Matcher", "PartStory"]
