# SPDX-License-Identifier: GPL-2.0
"""What became of each test of a unittest run, as soon as it is known."""
import time


class Outcomes:
    """Mixed into a unittest.TestResult, whose methods come behind these.

    What failed before it was a test, in the set-up of a class or module, is
    reported as one; what is only expected to fail is no pass.
    """

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.begun = time.monotonic()
        self.outcome = None

    def report(self, name, outcome, seconds):
        """Takes an outcome: pass, fail or skip."""
        raise NotImplementedError

    def tell(self, test, outcome):
        self.report(test.id().replace("\t", " ").replace("\n", " "), outcome,
                    time.monotonic() - self.begun)

    def note(self, test, outcome):
        if self.outcome is None:
            self.tell(test, outcome)
        elif self.outcome != "fail":
            self.outcome = outcome

    def startTest(self, test):
        super().startTest(test)
        self.begun = time.monotonic()
        self.outcome = "pass"

    def stopTest(self, test):
        self.tell(test, self.outcome)
        self.outcome = None
        super().stopTest(test)

    def addError(self, test, err):
        super().addError(test, err)
        self.note(test, "fail")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, "fail")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.note(test, "fail")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skip")

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.note(test, "skip")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.note(test, "fail")
