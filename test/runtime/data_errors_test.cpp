// Every way in which a file can be wrong, and what is said about it.
#include "data_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace bdc::runtime;
using namespace bdc::runtime::test;

namespace {

/// The message, in which the folder's own name is replaced by FOLDER.
std::string failure(const Folder &folder, const std::string &file, const ConnectomeOptions &options = {}) {
  const auto loaded = loadConnectome(folder / file, options);
  if (loaded)
    return "no error";
  EXPECT_EQ(loaded.error().kind, ErrorKind::input);
  std::string message = loaded.error().message;
  for (size_t at; (at = message.find(folder.path.string())) != message.npos;)
    message.replace(at, folder.path.string().size(), "FOLDER");
  return message;
}

std::string failureOfText(const std::string &text) {
  const Folder folder;
  writeText(folder / "w.csv", text);
  return failure(folder, "w.csv");
}

/// Of a folder with these files.
std::string failureOfTexts(const Entries &files, const std::string &file = "") {
  const Folder folder;
  for (const auto &[name, text] : files)
    writeText(folder / name, text);
  return failure(folder, file);
}

std::string failureOfSample(const Sample &sample, const Hdf5Names &names = {}) {
  const Folder folder;
  writeHdf5(folder / "a.h5", sample, names);
  return failure(folder, "a.h5");
}

std::string failureOfZip(const Entries &entries, const std::string &name) {
  const Folder folder;
  writeZip(folder / name, entries);
  return failure(folder, name);
}

const std::string good = "0 1\n1 0\n";

} // namespace

TEST(DataErrors, WhatIsNoConnectome) {
  const Folder folder;
  EXPECT_EQ(failure(folder, "none.h5"), "there is no file FOLDER/none.h5");
  writeText(folder / "a.h5", "abc");
  EXPECT_EQ(failure(folder, "a.h5"), "FOLDER/a.h5 does not begin as an HDF5 file does");
  writeText(folder / "a.npz", "");
  EXPECT_EQ(failure(folder, "a.npz"), "FOLDER/a.npz does not begin as a zip archive does");
  writeText(folder / "a.mat", "MATLAB 5.0");
  EXPECT_EQ(failure(folder, "a.mat"), "FOLDER/a.mat is of no known format");
  writeText(folder / "b_lengths.csv", good);
  EXPECT_EQ(failure(folder, "b_lengths.csv"), "FOLDER/b_lengths.csv is called as the lengths of a connectome are");
}

TEST(DataErrors, DamagedFiles) {
  const Folder folder;
  const Sample sample = randomSample(40, 3);
  writeHdf5(folder / "a.h5", sample);
  writeZip(folder / "a.npz", {{"other.npy", ""}, {"weights.npy", npy("'<f8'", false, "(40, 40)", bytesOf(sample.weights))}});
  const std::string h5 = readText(folder / "a.h5"), zip = readText(folder / "a.npz");
  writeText(folder / "b.h5", h5.substr(0, 600));
  EXPECT_EQ(failure(folder, "b.h5"), "FOLDER/b.h5 is damaged, or no HDF5 file");
  writeText(folder / "b.npz", zip.substr(0, 600));
  EXPECT_EQ(failure(folder, "b.npz"), "FOLDER/b.npz is damaged, or no zip archive");
  std::string changed = zip;
  changed[zip.size() / 2] ^= 1;
  writeText(folder / "c.npz", changed);
  EXPECT_EQ(failure(folder, "c.npz"), "FOLDER/c.npz: weights.npy is damaged");
  writeText(folder / "weights.txt.bz2", bzip2(good).substr(0, 30));
  EXPECT_EQ(failure(folder, "weights.txt.bz2"), "FOLDER/weights.txt.bz2 is damaged, or no bzip2 file");
  writeText(folder / "weights.txt.bz2", bzip2(good) + "and more");
  EXPECT_EQ(failure(folder, "weights.txt.bz2"), "FOLDER/weights.txt.bz2 is damaged, or no bzip2 file");
  // Archives cut anywhere or with any bit changed, HDF5 files cut anywhere (what bits do there is the library's affair): an
  // error or the numbers, never a crash.
  for (size_t i = 0; i < 100; ++i) {
    const size_t at = i * 79193 % h5.size(), inZip = i * 79193 % zip.size();
    writeText(folder / "d.h5", h5.substr(0, at));
    EXPECT_NE(failure(folder, "d.h5"), "no error");
    changed = zip;
    changed[inZip] = static_cast<char>(changed[inZip] ^ (1 << i % 8));
    writeText(folder / "d.npz", changed);
    if (const auto loaded = loadConnectome(folder / "d.npz", {.diagonal = Diagonal::keep}))
      EXPECT_EQ(loaded->weights, sample.weights);
    writeText(folder / "d.npz", zip.substr(0, inZip));
    EXPECT_NE(failure(folder, "d.npz"), "no error");
  }
}

TEST(DataErrors, WhatIsMissing) {
  EXPECT_EQ(failureOfSample(randomSample(2, 1), {"SC", "FL", "names", "xyz"}),
            "FOLDER/a.h5 has no data set `weights`: there is FL, SC, names, xyz");
  EXPECT_EQ(failureOfZip({{"sc.npy", ""}, {"fl.npy", ""}}, "a.npz"), "FOLDER/a.npz has no array `weights`: there is sc, fl");
  EXPECT_EQ(failureOfZip({{"sc.txt", ""}, {"tract_lengths.txt", good}}, "a.zip"),
            "FOLDER/a.zip has no weights: there is sc.txt, tract_lengths.txt");
  EXPECT_EQ(failureOfTexts({}), "FOLDER/ has no weights: there is nothing");
}

TEST(DataErrors, WhatIsThereTwice) {
  EXPECT_EQ(failureOfTexts({{"a_weights.txt", good}, {"b_weights.csv", good}}),
            "FOLDER/ has more than one connectome: a_weights.txt, b_weights.csv");
  EXPECT_EQ(failureOfTexts({{"weights.txt", good}, {"weights.csv", good}}),
            "FOLDER/: both weights.csv and weights.txt could be the weights");
  EXPECT_EQ(failureOfTexts({{"a_weights.txt", good}, {"a_lengths.txt", good}, {"a_tract_lengths.txt", good}}, "a_weights.txt"),
            "FOLDER/: both a_lengths.txt and a_tract_lengths.txt could be the lengths");
  EXPECT_EQ(failureOfZip({{"weights.npy", ""}, {"centres.npy", ""}, {"centers.npy", ""}}, "a.npz"),
            "FOLDER/a.npz: both centres and centers could be the centres");
  const Folder folder;
  EXPECT_EQ(python("f = h5py.File(sys.argv[1], \"w\")\nf[\"weights\"] = f[\"lengths\"] = f[\"tract_lengths\"] = [[1]]", folder / "a.h5"), "");
  EXPECT_EQ(failure(folder, "a.h5"), "FOLDER/a.h5: both tract_lengths and lengths could be the lengths");
}

TEST(DataErrors, TextThatIsNoNumber) {
  EXPECT_EQ(failureOfText("0,1\n1,x2\n"), "FOLDER/w.csv: line 2, column 3: `x2` is no number");
  EXPECT_EQ(failureOfText("# one\n\n0;1,5\n"), "FOLDER/w.csv: line 3, column 3: `1,5` is no number");
  EXPECT_EQ(failureOfText("0, 1\n1, 0 0\n"), "FOLDER/w.csv: line 2, column 4: `0 0` is no number");
  EXPECT_EQ(failureOfText("0,1,\n"), "FOLDER/w.csv: line 1, column 5: a number is missing");
  EXPECT_EQ(failureOfText("0 1 2\n3 4\n"), "FOLDER/w.csv: line 2 has 2 numbers, the first row has 3");
  EXPECT_EQ(failureOfTexts({{"weights.txt", good}, {"centres.txt", "rA 1 2 3\nlA 1 x 3\n"}}),
            "FOLDER/centres.txt: line 2, column 6: `x` is no number");
  EXPECT_EQ(failureOfTexts({{"weights.txt", good}, {"centres.txt", "rA 1 2\n"}}), "FOLDER/centres.txt: line 1 has 3 columns");
  EXPECT_EQ(failureOfZip({{"x/weights.txt", "0 a\n"}}, "a.zip"),
            "FOLDER/a.zip: x/weights.txt: line 1, column 3: `a` is no number");
}

TEST(DataErrors, ShapesAndNumbers) {
  EXPECT_EQ(failureOfText(""), "FOLDER/w.csv is empty");
  EXPECT_EQ(failureOfText("1 2 3\n4 5 6\n"), "FOLDER/w.csv is 2 by 3: a connectome is square");
  EXPECT_EQ(failureOfText("1 2\n4 nan\n"), "FOLDER/w.csv[1][1] is not a number");
  EXPECT_EQ(failureOfText("1 -inf\n4 5\n"), "FOLDER/w.csv[0][1] is infinite");
  EXPECT_EQ(failureOfText("1 2\n4e999 5\n"), "FOLDER/w.csv[1][0] is infinite");
  Sample sample{2, {0, -1, 1, 0}, {0, 2, 3, 0}, {}, {}};
  EXPECT_EQ(failureOfSample(sample), "no error") << "weights may be negative";
  sample.lengths[2] = -3.5;
  EXPECT_EQ(failureOfSample(sample), "FOLDER/a.h5: tract_lengths[1][0] is -3.5: a length cannot be negative");
  sample.lengths = {0, 1, 1, 0, 0, 0};
  EXPECT_EQ(failureOfSample(sample), "FOLDER/a.h5: tract_lengths is 3 by 2, but FOLDER/a.h5: weights is 2 by 2");
  sample.lengths = {};
  sample.centres = {1, 2, 3};
  EXPECT_EQ(failureOfSample(sample), "FOLDER/a.h5: centres is 1 by 3: 2 regions have 2 rows of x, y, z");
}

TEST(DataErrors, LabelsThatDoNotFit) {
  Sample sample{3, {0, 1, 1, 1, 0, 1, 1, 1, 0}, {}, {}, {"a", "b"}};
  EXPECT_EQ(failureOfSample(sample), "FOLDER/a.h5: region_labels: 2 labels for 3 regions");
  sample.labels = {"a", "b", "a"};
  EXPECT_EQ(failureOfSample(sample), "FOLDER/a.h5: region_labels: regions 0 and 2 are both called `a`");
  EXPECT_EQ(failureOfTexts({{"weights.txt", good}, {"labels.txt", "\nb\n"}}),
            "FOLDER/labels.txt: the label of region 0 is empty");
  EXPECT_EQ(failureOfTexts({{"weights.txt", good}, {"labels.txt", "a\nb\n"}, {"centres.txt", "a 1 2 3\nc 1 2 3\n"}}),
            "region 1 is called `b` in FOLDER/labels.txt and `c` in FOLDER/centres.txt");
}

TEST(DataErrors, ArraysOfOtherKinds) {
  const std::string square = bytesOf({0, 1, 1, 0});
  const auto weights = [](const std::string &array) { return failureOfZip({{"weights.npy", array}}, "a.npz"); };
  EXPECT_EQ(weights(npy("'<f8'", false, "(2, 2)", square)), "no error");
  EXPECT_EQ(weights(npy("'<f8'", false, "(2, 2)", square.substr(1))),
            "FOLDER/a.npz: weights is cut short: it should hold 2 by 2 elements of 8 bytes");
  EXPECT_EQ(weights(npy("'<f8'", false, "(4611686018427387904, 4)", square)),
            "FOLDER/a.npz: weights is cut short: it should hold 4611686018427387904 by 4 elements of 8 bytes");
  EXPECT_EQ(weights(npy("'<f8'", false, "(4611686018427387904, 0)", "")),
            "FOLDER/a.npz: weights is 4611686018427387904 by 0: a connectome is square");
  EXPECT_EQ(weights(npy("'<f8'", false, "(4,)", square)), "FOLDER/a.npz: weights has 1 dimensions, not 2");
  EXPECT_EQ(weights(npy("'<f8'", false, "(1, 2, 2)", square)), "FOLDER/a.npz: weights has 3 dimensions");
  EXPECT_EQ(weights(npy("'|O'", false, "(2, 2)", square)), "FOLDER/a.npz: weights holds '|O', which cannot be read");
  EXPECT_EQ(weights(npy("'<c16'", false, "(2, 1)", square)), "FOLDER/a.npz: weights holds '<c16', which cannot be read");
  EXPECT_EQ(weights(npy("'|S8'", false, "(2, 2)", square)), "FOLDER/a.npz: weights does not hold numbers");
  EXPECT_EQ(weights("\x93NUMPX"), "FOLDER/a.npz: weights is damaged, or no .npy file");
  EXPECT_EQ(
      failureOfZip({{"weights.npy", npy("'<f8'", false, "(2, 2)", square)}, {"labels.npy", npy("'<f8'", false, "(2,)", square)}},
                   "a.npz"),
      "FOLDER/a.npz: labels does not hold strings");
}

TEST(DataErrors, Hdf5OfOtherKinds) {
  const Folder folder;
  const auto made = [&](const std::string &script) {
    EXPECT_EQ(python("f = h5py.File(sys.argv[1], \"w\")\n" + script, folder / "a.h5"), "");
    return failure(folder, "a.h5");
  };
  EXPECT_EQ(made("f.create_group(\"weights\")"), "FOLDER/a.h5: weights is no data set");
  EXPECT_EQ(made("f[\"weights\"] = [1, 2]"), "FOLDER/a.h5: weights has 1 dimensions, not 2");
  EXPECT_EQ(made("f[\"weights\"] = 1.5"), "FOLDER/a.h5: weights has 0 dimensions, not 2");
  EXPECT_EQ(made("f[\"weights\"] = [[\"a\"]]"), "FOLDER/a.h5: weights does not hold numbers");
  EXPECT_EQ(made("f[\"weights\"] = [[1]]; f[\"labels\"] = [1]"), "FOLDER/a.h5: labels does not hold strings");
  EXPECT_EQ(made("f[\"weights\"] = [[1]]; f[\"labels\"] = \"a\""), "FOLDER/a.h5: labels has 0 dimensions, not 1");
  EXPECT_EQ(made("f.create_dataset(\"weights\", (10**6, 10**6), chunks=(1000, 1000))"), "FOLDER/a.h5: weights cannot be read");
}

TEST(DataErrors, FilesByName) {
  const Folder folder;
  writeText(folder / "SC.csv", good);
  writeText(folder / "bad.txt", "0 x\n");
  writeText(folder / "labels.txt", "a\n");
  EXPECT_EQ(failure(folder, "SC.csv", {.lengths = folder / "none.csv"}),
            "cannot read FOLDER/none.csv: No such file or directory");
  EXPECT_EQ(failure(folder, "SC.csv", {.lengths = folder / "bad.txt"}), "FOLDER/bad.txt: line 1, column 3: `x` is no number");
  EXPECT_EQ(failure(folder, "SC.csv", {.centres = folder / "bad.txt"}), "FOLDER/bad.txt: line 1 has 2 columns");
  EXPECT_EQ(failure(folder, "SC.csv", {.labels = folder / "labels.txt"}), "FOLDER/labels.txt: 1 labels for 2 regions");
}

TEST(DataErrors, Options) {
  ConnectomeOptions options;
  const auto refused = [&](const char *words) {
    const Status s = setOption(options, words);
    return s ? "no error" : s.error().message + "; " + s.error().help;
  };
  EXPECT_EQ(refused("normalise=sum"),
            "a connectome's `normalise` cannot be `sum`; it can be none, max, max_in_strength, max_out_strength, in_strength");
  EXPECT_EQ(refused("diagonal"), "a connectome's `diagonal` cannot be ``; it can be drop, keep");
  EXPECT_EQ(refused("colour=red"),
            "a connectome has no option `colour`; it has diagonal, normalise, scale, lengths_unit, lengths, labels, centres");
  const Folder folder;
  writeText(folder / "w.csv", "0 0.5\n1 0\n");
  EXPECT_EQ(failure(folder, "w.csv", {.scale = Scale::log10}),
            "FOLDER/w.csv: the weight [0][1] is 0.5: `scale = log10` needs weights above 1");
  writeText(folder / "w.csv", "0 2\n-1 0\n");
  EXPECT_EQ(failure(folder, "w.csv", {.scale = Scale::log1p}),
            "FOLDER/w.csv: the weight [1][0] is -1: `scale = log1p` needs weights above 0");
  writeText(folder / "w.csv", "5 0\n0 5\n");
  EXPECT_EQ(failure(folder, "w.csv", {.normalise = Normalise::max}),
            "FOLDER/w.csv: all weights are 0, so they cannot be normalised");
  EXPECT_EQ(failure(folder, "w.csv", {.diagonal = Diagonal::keep, .normalise = Normalise::max}), "no error");
}
