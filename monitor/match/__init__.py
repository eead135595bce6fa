"""Stage 3: find secrets in a text. Pure, and one scan for the whole rule book.

fold        one plain form for every way to write a character
sieve       which of many texts may hold a listed name at all; most are done here
lexicon     every listed name that stands there, verified; names.py makes candidates of them
quantities  every price, date and spec, and the harmless numbers that compete; measure.py makes candidates of them
choose      the candidates compete for their place
join        of what is a number said? by its sentence, the post that is answered, the author, the brand
judge       whose words, inside which window, graded by which rule
matcher     all of these in a row; explain.py is the same with everything that it was decided by
"""

from monitor.match.choose import CHOSEN
from monitor.match.clients import usual_client
from monitor.match.explain import CandidateStory, Explanation, PartStory
from monitor.match.matcher import Matcher, Said

__all__ = ["CHOSEN", "CandidateStory", "Explanation", "Matcher", "PartStory", "Said", "usual_client"]
