"""The format of text tests: lit's, for the files that have RUN lines; others are read by them."""
import lit.formats


class RunLines(lit.formats.ShTest):
    def getTestsInDirectory(self, suite, path_in_suite, lit_config, local_config):
        for test in super().getTestsInDirectory(suite, path_in_suite, lit_config, local_config):
            with open(test.getSourcePath(), errors="replace") as file:
                if "RUN:" in file.read():
                    yield test
