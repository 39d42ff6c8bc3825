// Connectomes of every format: what is written in one loads equal, bit for bit, in the others.
#include "data_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

using namespace bdc::runtime;
using namespace bdc::runtime::test;

namespace {

const ConnectomeOptions whole{.diagonal = Diagonal::keep};

std::vector<double> inMicrometres(const std::vector<double> &mm) {
  std::vector<double> out;
  for (const double length : mm)
    out.push_back(length * 1000);
  return out;
}

void expectSample(const std::filesystem::path &path, const Sample &sample) {
  const auto loaded = loadConnectome(path, whole);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->size, sample.size);
  EXPECT_EQ(loaded->weights, sample.weights);
  EXPECT_EQ(loaded->lengths, inMicrometres(sample.lengths));
  EXPECT_EQ(loaded->labels, sample.labels);
  EXPECT_EQ(loaded->centres, inMicrometres(sample.centres));
}

/// The parts that are not empty, as text files with this prefix and separator.
Entries texts(const Sample &s, const std::string &prefix, const std::string &ending, const std::string &separator) {
  Entries out{{prefix + "weights" + ending, matrixText(s.weights, s.size, separator)}};
  if (!s.lengths.empty())
    out.emplace_back(prefix + "lengths" + ending, matrixText(s.lengths, s.size, separator));
  if (!s.labels.empty())
    out.emplace_back(prefix + "labels.txt", labelsText(s));
  if (!s.centres.empty())
    out.emplace_back(prefix + "centres" + ending, matrixText(s.centres, 3, separator));
  return out;
}

Entries arrays(const Sample &s) {
  const std::string square = fmt::format("({0}, {0})", s.size);
  Entries out{{"weights.npy", npy("'<f8'", false, square, bytesOf(s.weights))}};
  if (!s.lengths.empty())
    out.emplace_back("lengths.npy", npy("'<f8'", false, square, bytesOf(s.lengths)));
  if (!s.centres.empty())
    out.emplace_back("centres.npy", npy("'<f8'", false, fmt::format("({}, 3)", s.size), bytesOf(s.centres)));
  if (s.labels.empty())
    return out;
  std::string labels;
  for (std::string label : s.labels) {
    label.resize(24);
    labels += label;
  }
  out.emplace_back("labels.npy", npy("'|S24'", false, fmt::format("({},)", s.size), labels));
  return out;
}

void writeAll(const std::filesystem::path &folder, const Entries &entries) {
  for (const auto &[name, text] : entries)
    writeText(folder / name, text);
}

} // namespace

TEST(DataFormats, AllHoldTheSame) {
  for (int variant = 0; variant < 16; ++variant) {
    SCOPED_TRACE(variant);
    const Folder folder;
    Sample sample = randomSample(1 + variant % 7, 100 + static_cast<uint64_t>(variant));
    if (variant & 1)
      sample.lengths.clear();
    if (variant & 2)
      sample.labels.clear();
    if (variant & 4)
      sample.centres.clear();
    writeHdf5(folder / "a.h5", sample);
    expectSample(folder / "a.h5", sample);
    writeZip(folder / "a.npz", arrays(sample));
    expectSample(folder / "a.npz", sample);
    writeZip(folder / "a.zip", texts(sample, "brain/", ".txt", "\t"));
    expectSample(folder / "a.zip", sample);
    writeAll(folder.path, texts(sample, "sub-01_", ".csv", ","));
    expectSample(folder / "sub-01_weights.csv", sample);
    expectSample(folder / "sub-01", sample);
    expectSample(folder.path, sample);
    std::filesystem::create_directory(folder / "f");
    writeAll(folder / "f", texts(sample, "", ".tsv", " ; "));
    expectSample(folder / "f", sample);
  }
}

TEST(DataFormats, Hdf5NamesAndStrings) {
  const Folder folder;
  const Sample sample = randomSample(5, 1);
  for (const auto labels : {Hdf5Labels::variable, Hdf5Labels::fixed, Hdf5Labels::space_padded}) {
    writeHdf5(folder / "a.hdf5", sample, {"weights", "lengths", "labels", "centers"}, labels);
    expectSample(folder / "a.hdf5", sample);
  }
}

TEST(DataFormats, Hdf5OfPython) {
  const Folder folder;
  const std::string said = python(R"(
f = h5py.File(sys.argv[1], "w")
f["weights"] = np.array([[0, 1], [2, 3]], dtype=">i2")
f.create_dataset("tract_lengths", data=np.array([[0, 1.5], [2.5, 0]], dtype="f4"), compression="gzip")
f["region_labels"] = ["links", "größer"]
f["other"] = 1)",
                                  folder / "a.h5");
  EXPECT_EQ(said, "");
  expectSample(folder / "a.h5", {2, {0, 1, 2, 3}, {0, 1.5, 2.5, 0}, {}, {"links", "größer"}});
}

TEST(DataFormats, NumpyOfPython) {
  const Folder folder;
  const struct {
    const char *weights, *labels;
  } cases[] = {{"dtype=\"f4\"", "[\"a\", \"größer\"]"},
               {"dtype=\">f8\", order=\"F\"", "np.array([\"a\", \"größer\"], dtype=\">U9\")"},
               {"dtype=\"i4\", order=\"F\"", "[\"a\", \"größer\"]"},
               {"dtype=\"i8\"", "[\"a\", \"größer\"]"},
               {"dtype=\"u1\"", "[\"a\", \"größer\"]"},
               {"dtype=\">u2\"", "[\"a\", \"größer\"]"}};
  bool compressed = false;
  for (const auto &c : cases) {
    SCOPED_TRACE(c.weights);
    const std::string script = fmt::format("np.{}(sys.argv[1], weights=np.array([[7, 1], [200, 3]], {}), "
                                           "tract_lengths=np.array([[0, 1.25], [2.5, 0]]), region_labels={})",
                                           compressed ? "savez_compressed" : "savez", c.weights, c.labels);
    EXPECT_EQ(python(script, folder / "a.npz"), "");
    expectSample(folder / "a.npz", {2, {7, 1, 200, 3}, {0, 1.25, 2.5, 0}, {}, {"a", "größer"}});
    compressed = !compressed;
  }
}

TEST(DataFormats, ZipOfTvb) {
  const Folder folder;
  const Sample sample = randomSample(6, 2);
  const std::string weights = matrixText(sample.weights, 6, " "), lengths = matrixText(sample.lengths, 6, "   ");
  // Compressed once more inside, in a folder, with files that are none of a connectome's, and with the labels beside the centres.
  writeZip(folder / "a.zip", {{"Brain/weights.txt.bz2", bzip2(weights)},
                              {"Brain/tract_lengths.txt.bz2", bzip2(lengths)},
                              {"Brain/centres.txt.bz2", bzip2(centresText(sample))},
                              {"Brain/areas.txt", "1\n2\n"},
                              {"Brain/raw_order_labels.txt", "x\n"},
                              {"Brain/", ""},
                              {"Brain/.DS_Store", "?"},
                              {"__MACOSX/Brain/weights.txt", "?"}});
  expectSample(folder / "a.zip", sample);
}

TEST(DataFormats, TextsAsProgramsWriteThem) {
  const Folder folder;
  const char *texts[] = {
      "1,2\n3,4\n",      "\xEF\xBB\xBF# a header\r\n1, 2\r\n\r\n  # between\r\n3 ,4",
      "1;2\n+3;4.0\n\n", "  1.0e+00\t2.0E0 \n3 4\n",
      "1 ,\t2\n3,4e0\n",
  };
  for (const char *text : texts) {
    SCOPED_TRACE(text);
    writeText(folder / "any name.csv", text);
    expectSample(folder / "any name.csv", {2, {1, 2, 3, 4}, {}, {}, {}});
  }
  writeText(folder / "one.dat", "1e-400");
  expectSample(folder / "one.dat", {1, {0}, {}, {}, {}});
  writeText(folder / "two.txt.bz2", bzip2("1 2\n3 4"));
  expectSample(folder / "two.txt.bz2", {2, {1, 2, 3, 4}, {}, {}, {}});
  writeText(folder / "streams.txt.bz2", bzip2("1 2\n3") + bzip2(" 4\n") + bzip2("")); // as pbzip2 writes
  expectSample(folder / "streams.txt.bz2", {2, {1, 2, 3, 4}, {}, {}, {}});
}

TEST(DataFormats, CentresWithAndWithoutLabels) {
  const Folder folder;
  writeText(folder / "weights.txt", "0 1\n1 0\n");
  for (const char *text : {"rA 1 2 3 None\n lA 4 5 6 None\n", "rA,1,2,3\nlA,4,5,6\n"}) {
    writeText(folder / "centres.txt", text);
    expectSample(folder.path, {2, {0, 1, 1, 0}, {}, {1, 2, 3, 4, 5, 6}, {"rA", "lA"}});
  }
  for (const char *text : {"\"a, b\"\t1\t2\t3\r\n\"c\"\t4\t5\t6\r\n", "a, b\t1\t2\t3\t\n c \t4\t5\t6\t\n",
                           "\"a, b\", 1,2,3\nc,4,5,6", "\"a, b\"   1 2 3\nc 4 5 6"}) {
    SCOPED_TRACE(text);
    writeText(folder / "centres.txt", text);
    expectSample(folder.path, {2, {0, 1, 1, 0}, {}, {1, 2, 3, 4, 5, 6}, {"a, b", "c"}});
  }
  writeText(folder / "centres.txt", "1 2 3\n4 5 6\n");
  writeText(folder / "region_labels.txt", "\"a b\"\n  c  \n\n");
  expectSample(folder.path, {2, {0, 1, 1, 0}, {}, {1, 2, 3, 4, 5, 6}, {"a b", "c"}});
}

TEST(DataFormats, FilesByName) {
  const Folder folder;
  const Sample own = randomSample(4, 3), other = randomSample(4, 4);
  writeHdf5(folder / "SC.h5", own);
  std::filesystem::create_directory(folder / "more");
  writeText(folder / "more/length of tracts.csv", matrixText(other.lengths, 4, ","));
  writeText(folder / "more/names", labelsText(other));
  writeText(folder / "more/where.bz2", bzip2(centresText(own)));
  ConnectomeOptions options = whole;
  options.folder = folder.path;
  for (const char *words : {"lengths=more/length of tracts.csv", "labels=more/names", "centres=more/where.bz2"})
    ASSERT_TRUE(setOption(options, words));
  const auto c = loadConnectome("SC.h5", options);
  ASSERT_TRUE(c) << c.error().message;
  EXPECT_EQ(c->weights, own.weights);
  EXPECT_EQ(c->lengths, inMicrometres(other.lengths));
  EXPECT_EQ(c->labels, other.labels);
  EXPECT_EQ(c->centres, inMicrometres(own.centres));
}

// Numbers of The Virtual Brain's archive, taken from it with NumPy.
TEST(DataFormats, TheExample) {
  const auto c = loadConnectome(BDC_EXAMPLES "/connectome_76.h5", whole);
  ASSERT_TRUE(c) << c.error().message;
  const Connections all = connectionsOf(*c);
  EXPECT_EQ(c->size, 76);
  EXPECT_EQ(all.count(), 1560);
  double sum = 0;
  for (const double weight : all.weights)
    sum += weight;
  EXPECT_NEAR(sum, 2988.8456621164996, 1e-9);
  EXPECT_EQ(c->labels.front(), "rA1");
  EXPECT_EQ(c->labels[38], "lA1");
  EXPECT_EQ(c->weights[1 * 76 + 0], 3); // to rA2 from rA1
  EXPECT_EQ(c->weights[0 * 76 + 1], 2);
  EXPECT_EQ(c->lengths[1], 20330.072);
  EXPECT_EQ(c->lengths[2 * 76 + 0], 32876.029);
  EXPECT_EQ(c->centres[0], -9885.591);
  EXPECT_EQ(connectionsOf(*loadConnectome(BDC_EXAMPLES "/connectome_76.h5")).count(), 1560 - 66);
}
