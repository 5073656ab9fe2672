"""Thresholds of the rules, and the reasons for them."""

from annlab.analysis import convergence

# Validation losses are means over a tenth of the epochs: noise from batch to batch evens out.
WINDOW = 0.1
# A validation loss has risen if it took back this share of its fall, or of the training loss's
# fall where that is larger: on random labels the validation loss never falls.
OVERFITTING_RISE = 0.02
# A rise must be this many standard errors of such a mean: single epochs scatter.
STANDARD_ERRORS = 4.0
# Below a tenth of the way from the baseline to a perfect score, nothing was learned to speak of:
# a network that guesses on a hundred samples is that good by luck in one of six cases.
NOTHING_LEARNED = 0.1
# A loss within this share of a constant prediction's is at the baseline, and an accuracy that is
# less than half of the way above it then comes from luck: any line through circles gets 0.69.
AT_THE_BASELINE = 0.01
LUCKY = 0.5
# The score of a network whose loss has hardly moved is that of its random start, which may be a
# good one.
HARDLY_MOVED = convergence.HARDLY_MOVED
# A target is far from unit scale if its mean or its standard deviation is beyond this factor.
FAR_FROM_UNIT = 10.0
# Most targets that a sentence names; a table has room for more.
MOST_NAMED = 3
# Fewer of the training samples than one in twenty are still wrong.
MEMORIZED = 0.9
# More than other samples of the same kind would make of it; it must be two standard errors too.
GAP = 0.15
# Standard deviation over the networks. Where all of them learn it is 0.08 at most in the
# tutorials' experiments; where some fail, 0.14 and more.
SPREAD = 0.12
# In good fits up to a third of the units of a layer of ReLU are idle from the start.
INACTIVE_SHARE = 0.4
# An expected fall of more than this share of a loss is no number to quote.
NEARLY_ALL = 0.9
# From this share of the way on, a score is little rather than nothing; the rest may be noise.
SLIGHT = 0.03
# Squared errors that differ by less than this share are the same.
SAME = 0.001
