// Matrices of every format, with the labels of their rows and columns; every way in which a file can be wrong; distances.
#include "data_files.h"

#include "runtime/data/matrix.h"

#include <gtest/gtest.h>

using namespace bdc::runtime;
using namespace bdc::runtime::test;

namespace {

using Names = std::vector<std::string>;
using Numbers = std::vector<double>;

struct Wanted {
  Numbers values;
  Names rows = {}, columns = {};
};

void expectMatrix(const Result<MatrixData> &found, const Wanted &wanted) {
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->rows * found->columns, static_cast<int64_t>(wanted.values.size()));
  EXPECT_EQ(found->values, wanted.values);
  EXPECT_EQ(found->rowLabels, wanted.rows);
  EXPECT_EQ(found->columnLabels, wanted.columns);
}

Result<MatrixData> loaded(const std::string &text, const MatrixOptions &options = {}) {
  const Folder folder;
  writeText(folder / "m.csv", text);
  MatrixOptions here = options;
  here.folder = folder.path;
  return loadMatrix("m.csv", here);
}

/// The message, in which the folder's own name is replaced by FOLDER.
std::string messageOf(const Folder &folder, const Result<MatrixData> &found) {
  if (found)
    return "no error";
  EXPECT_EQ(found.error().kind, ErrorKind::input);
  std::string message = found.error().message;
  for (size_t at; (at = message.find(folder.path.string())) != message.npos;)
    message.replace(at, folder.path.string().size(), "FOLDER");
  return message;
}

std::string failure(const std::string &text, MatrixOptions options = {}) {
  const Folder folder;
  writeText(folder / "m.csv", text);
  options.folder = folder.path;
  return messageOf(folder, loadMatrix("m.csv", options));
}

const char *writesBinaries = R"(
import h5py, numpy as np, sys
m = np.array([[1.5, -2, 0], [3, 4, 5]])
rows, columns = np.array(["Fp1", "Oz"]), np.array(["lA1", "rä", "lV1"])
np.save(sys.argv[1] + "/m.npy", m.astype("f4"))
np.savez(sys.argv[1] + "/m.npz", gain=m, row_labels=rows, column_labels=columns, note=np.arange(3))
np.savez(sys.argv[1] + "/two.npz", gain=m, other=m + 1)
with h5py.File(sys.argv[1] + "/m.h5", "w") as f:
    f["gain"] = m
    f["row_labels"], f["column_labels"] = [[s.encode() for s in labels] for labels in (rows, columns)]
with h5py.File(sys.argv[1] + "/two.h5", "w") as f:
    f["gain"], f["other"], f["flat"] = m, m + 1, m[0]
)";

} // namespace

TEST(Matrix, TextsWithAndWithoutLabels) {
  const Numbers values{1.5, -2, 0, 3, 4, 5};
  expectMatrix(loaded("1.5 -2 0\n3 4 5\n"), {values});
  expectMatrix(loaded("lA1;rA1;\"l V1\"\n1.5;-2;0\n3;4;5\n"), {values, {}, {"lA1", "rA1", "l V1"}});
  expectMatrix(loaded("Fp1,1.5,-2,0\nOz,3,4,5\n"), {values, {"Fp1", "Oz"}});
  expectMatrix(loaded("# a comment\n,lA1,rA1,lV1\nFp1,1.5,-2,0\nOz,3,4,5\n"), {values, {"Fp1", "Oz"}, {"lA1", "rA1", "lV1"}});
  expectMatrix(loaded("sensor\tlA1\trA1\tlV1\nFp1\t1.5\t-2\t0\nOz\t3\t4\t5\n"), {values, {"Fp1", "Oz"}, {"lA1", "rA1", "lV1"}});
  // Numbers as labels of rows, where the empty corner says that they are labels.
  expectMatrix(loaded(",a,b,c\n0,1.5,-2,0\n1,3,4,5\n"), {values, {"0", "1"}, {"a", "b", "c"}});
  expectMatrix(loaded("7\n"), {{7}});
  expectMatrix(loaded("only\n7\n"), {{7}, {}, {"only"}});
}

TEST(Matrix, NumpyAndHdf5) {
  const Folder folder;
  python(writesBinaries, folder.path);
  const Wanted whole{{1.5, -2, 0, 3, 4, 5}, {"Fp1", "Oz"}, {"lA1", "rä", "lV1"}};
  expectMatrix(loadMatrix(folder / "m.npy"), {whole.values});
  expectMatrix(loadMatrix(folder / "m.npz"), whole);
  expectMatrix(loadMatrix(folder / "m.h5"), whole);
  expectMatrix(loadMatrix(folder / "two.h5", {.name = "gain"}), {whole.values});
  expectMatrix(loadMatrix(folder / "two.npz", {.name = "other"}), {{2.5, -1, 1, 4, 5, 6}});
  EXPECT_EQ(messageOf(folder, loadMatrix(folder / "two.h5")), "FOLDER/two.h5 has more than one data set with two dimensions: gain, other");
  EXPECT_EQ(messageOf(folder, loadMatrix(folder / "two.npz")), "FOLDER/two.npz has more than one array with two dimensions: gain, other");
  EXPECT_EQ(messageOf(folder, loadMatrix(folder / "two.h5", {.name = "gian"})), "FOLDER/two.h5 has no data set `gian`: there is flat, gain, other");
  EXPECT_EQ(messageOf(folder, loadMatrix(folder / "two.h5", {.name = "flat"})), "FOLDER/two.h5: flat has 1 dimensions, not 2");
  EXPECT_EQ(messageOf(folder, loadMatrix(folder / "m.npy", {.name = "gain"})), "FOLDER/m.npy holds one matrix, without a name");
}

TEST(Matrix, LabelsOfTheirOwn) {
  const Folder folder;
  writeText(folder / "m.csv", "1 2\n3 4\n");
  writeText(folder / "sensors.txt", "Fp1\nOz\n");
  writeText(folder / "regions.txt", "lA1\nrA1\nlV1\n");
  expectMatrix(loadMatrix("m.csv", {.rows = "sensors.txt", .folder = folder.path}), {{1, 2, 3, 4}, {"Fp1", "Oz"}});
  EXPECT_EQ(messageOf(folder, loadMatrix("m.csv", {.columns = "regions.txt", .folder = folder.path})),
            "FOLDER/regions.txt: 3 labels for 2 columns");
}

TEST(Matrix, References) {
  const std::string text = "Fp1 1 2\nCz 2 4\nOz 6 3\n";
  const Names rows{"Fp1", "Cz", "Oz"};
  expectMatrix(loaded(text, {.reference = "average"}), {{-2, -1, -1, 1, 3, 0}, rows});
  expectMatrix(loaded(text, {.reference = "Cz"}), {{-1, -2, 0, 0, 4, -1}, rows});
  expectMatrix(loaded(text, {.reference = "none"}), {{1, 2, 2, 4, 6, 3}, rows});
  EXPECT_EQ(failure(text, {.reference = "Pz"}), "FOLDER/m.csv: no row is called `Pz`, which is to be the reference");
}

TEST(Matrix, Mistakes) {
  const Folder folder;
  EXPECT_EQ(messageOf(folder, loadMatrix(folder / "none.csv")), "there is no file FOLDER/none.csv");
  writeText(folder / "m.xyz", "1 2\n");
  EXPECT_EQ(messageOf(folder, loadMatrix(folder / "m.xyz")), "FOLDER/m.xyz is of no known format");
  EXPECT_EQ(messageOf(folder, loadMatrix(folder.path)), "FOLDER is no file");
  EXPECT_EQ(failure(""), "FOLDER/m.csv is empty");
  EXPECT_EQ(failure("1 2\n3\n"), "FOLDER/m.csv: line 2 has 1 numbers, the first row has 2");
  EXPECT_EQ(failure("1 2\n3 x2\n"), "FOLDER/m.csv: line 2, column 3: `x2` is no number");
  EXPECT_EQ(failure("1 x2\n3 4\n"), "FOLDER/m.csv: line 1, column 3: `x2` is no number");
  EXPECT_EQ(failure("1 nan\n3 4\n"), "FOLDER/m.csv[0][1] is not a number");
  EXPECT_EQ(failure("a b\n1 2\n1 1e999\n"), "FOLDER/m.csv[1][1] is infinite");
  EXPECT_EQ(failure("a b c\n1 2\n"), "FOLDER/m.csv: 3 labels for 2 columns");
  EXPECT_EQ(failure("a b\na 1 2\na 3 4\n"), "FOLDER/m.csv: rows 0 and 1 are both called `a`");
  EXPECT_EQ(failure("a a\n1 2\n"), "FOLDER/m.csv: columns 0 and 1 are both called `a`");
}

// A contact 3, 4 and 12 mm from the first region, at the second.
TEST(Matrix, Distances) {
  const Folder folder;
  writeText(folder / "contacts.txt", "A1 3 4 12\nA2 0.3 0.4 1.2\n");
  const Numbers regions{0, 0, 0, 3000, 4000, 12000};
  const auto found = distanceMatrix(folder / "contacts.txt", regions, {"lA1", "rA1"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->rowLabels, (Names{"A1", "A2"}));
  EXPECT_EQ(found->columnLabels, (Names{"lA1", "rA1"}));
  EXPECT_NEAR(found->values[0], 13000, 1e-9);
  EXPECT_NEAR(found->values[1], 0, 1e-9);
  EXPECT_NEAR(found->values[2], 1300, 1e-9);
  EXPECT_NEAR(found->values[3], 11700, 1e-9);
  const auto inCentimetres = distanceMatrix(folder / "contacts.txt", regions, {}, {.lengthUnit = 1e4});
  ASSERT_TRUE(inCentimetres);
  EXPECT_NEAR(inCentimetres->values[2], 13000, 1e-9);
  writeText(folder / "bad.txt", "A1 3 4\n");
  EXPECT_EQ(messageOf(folder, distanceMatrix(folder / "bad.txt", regions, {})), "FOLDER/bad.txt: line 1 has 3 columns");
}

// From columns to rows, without what is 0; distances have all pairs.
TEST(Matrix, AsConnections) {
  const Connections gain = connectionsOf(MatrixData{2, 3, {1.5, -2, 0, 3, 0, 5}, {}, {}}, false);
  EXPECT_EQ(gain.size, 3);
  EXPECT_EQ(gain.rows, 2);
  EXPECT_EQ(gain.offset, (std::vector<int64_t>{0, 2, 3, 4}));
  EXPECT_EQ(gain.target, (std::vector<uint32_t>{0, 1, 0, 1}));
  EXPECT_EQ(gain.weights, (Numbers{1.5, 3, -2, 5}));
  const Connections distances = connectionsOf(MatrixData{1, 2, {0, 7}, {}, {}}, true);
  EXPECT_EQ(distances.lengths, (Numbers{0, 7}));
  EXPECT_EQ(distances.weights, (Numbers{1, 1}));
}
