// Matrices from files of every format, and what is said of bad ones.
#include "data_files.h"

#include "runtime/data/matrix.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace bdc::runtime;
using namespace bdc::runtime::test;

namespace {

using Texts = std::vector<std::string>;

MatrixData loaded(const Folder &folder, const std::string &file, const std::string &name = "") {
  Result<MatrixData> table = loadMatrix(file, {.name = name, .folder = folder.path});
  if (!table) {
    ADD_FAILURE() << table.error().message;
    return {};
  }
  return *table;
}

MatrixData ofText(const std::string &text) {
  const Folder folder;
  writeText(folder / "t.csv", text);
  return loaded(folder, "t.csv");
}

/// The folder's own name is replaced by FOLDER.
std::string messageOf(const Folder &folder, const Result<MatrixData> &result) {
  if (result)
    return "no error";
  EXPECT_EQ(result.error().kind, ErrorKind::input);
  std::string message = result.error().message;
  for (size_t at; (at = message.find(folder.path.string())) != message.npos;)
    message.replace(at, folder.path.string().size(), "FOLDER");
  return message;
}

std::string failureOf(const std::string &text) {
  const Folder folder;
  writeText(folder / "t.csv", text);
  return messageOf(folder, loadMatrix(folder / "t.csv"));
}

} // namespace

TEST(DataTables, Texts) {
  const MatrixData plain = ofText("# of a subject\n1,2.5,-3\n4,5,6e-1\n");
  EXPECT_EQ(plain.rows, 2);
  EXPECT_EQ(plain.values, (std::vector<double>{1, 2.5, -3, 4, 5, 0.6}));
  EXPECT_TRUE(plain.rowLabels.empty() && plain.columnLabels.empty());
  const MatrixData list = ofText("1\n2\n3\n");
  EXPECT_EQ(list.rows, 3);
  EXPECT_EQ(list.columns, 1);
}

TEST(DataTables, LabelsOfTexts) {
  const MatrixData columns = ofText("rA1;\"r V1\"\n1;2\n3;4\n5;6\n");
  EXPECT_EQ(columns.columnLabels, (Texts{"rA1", "r V1"}));
  EXPECT_EQ(columns.rows, 3);
  const MatrixData both = ofText(",rA1,rV1\nFz,1,2\nCz,3,4\n");
  EXPECT_EQ(both.columnLabels, (Texts{"rA1", "rV1"}));
  EXPECT_EQ(both.rowLabels, (Texts{"Fz", "Cz"}));
  EXPECT_EQ(both.values, (std::vector<double>{1, 2, 3, 4}));
  const MatrixData corner = ofText("sensor rA1 rV1\nFz 1 2\n");
  EXPECT_EQ(corner.columnLabels, (Texts{"rA1", "rV1"}));
  EXPECT_EQ(corner.rowLabels, Texts{"Fz"});
  EXPECT_EQ(ofText("Fz 1 2\nCz 3 4\n").rowLabels, (Texts{"Fz", "Cz"}));
}

TEST(DataTables, ArraysAndArchives) {
  const Folder folder;
  python("import sys, numpy as np, h5py\n"
         "f = sys.argv[1] + chr(47)\n"
         "x = np.arange(6.0).reshape(2, 3)\n"
         "np.save(f + \"x.npy\", np.asfortranarray(x).astype(\">f4\"))\n"
         "np.save(f + \"list.npy\", np.arange(4))\n"
         "np.savez(f + \"one.npz\", fc=x)\n"
         "np.savez_compressed(f + \"two.npz\", fc=x, fcd=-x)\n"
         "with h5py.File(f + \"x.h5\", \"w\") as h:\n"
         "  h[\"fc\"] = x; h[\"fcd\"] = -x.T; h[\"names\"] = [\"no\", \"numbers\"]\n"
         "with h5py.File(f + \"run.h5\", \"w\") as h:\n"
         "  h[\"summaries/fc/matrix\"] = x\n"
         "with h5py.File(f + \"one.h5\", \"w\") as h:\n"
         "  h[\"fc\"] = x; h[\"row_labels\"] = [\"a\", \"b\"]\n",
         folder.path);
  const std::vector<double> x{0, 1, 2, 3, 4, 5};
  EXPECT_EQ(loaded(folder, "x.npy").values, x);
  EXPECT_EQ(loaded(folder, "one.npz").values, x);
  EXPECT_EQ(loaded(folder, "two.npz", "fcd").values[1], -1);
  EXPECT_EQ(loaded(folder, "x.h5", "fcd").values[1], -3);
  EXPECT_EQ(loaded(folder, "run.h5", "summaries/fc/matrix").values, x);
  EXPECT_EQ(loaded(folder, "one.h5").rowLabels, (Texts{"a", "b"}));
  const auto failure = [&](const char *file, const char *name) {
    return messageOf(folder, loadMatrix(file, {.name = name, .folder = folder.path}));
  };
  EXPECT_EQ(failure("x.h5", ""), "FOLDER/x.h5 has more than one data set with two dimensions: fc, fcd");
  EXPECT_EQ(failure("x.h5", "sc"), "FOLDER/x.h5 has no data set `sc`: there is fc, fcd, names");
  EXPECT_EQ(failure("run.h5", "summaries/fcd/matrix"),
            "FOLDER/run.h5 has no data set `summaries/fcd/matrix`: there is summaries");
  EXPECT_EQ(failure("two.npz", ""), "FOLDER/two.npz has more than one array with two dimensions: fc, fcd");
  EXPECT_EQ(failure("x.npy", "fc"), "FOLDER/x.npy holds one matrix, without a name");
  EXPECT_EQ(failure("list.npy", ""), "FOLDER/list.npy has 1 dimensions, not 2");
}

TEST(DataTables, WhatIsNoTable) {
  EXPECT_EQ(failureOf("1,2\n3\n"), "FOLDER/t.csv: line 2 has 1 numbers, the first row has 2");
  EXPECT_EQ(failureOf("1,x,3\n4,5,6\n"), "FOLDER/t.csv: line 1, column 3: `x` is no number");
  EXPECT_EQ(failureOf("a,b\n1,2\n3,x\n"), "FOLDER/t.csv: line 3, column 3: `x` is no number");
  EXPECT_EQ(failureOf("a,b,c\n1,2\n"), "FOLDER/t.csv: 3 labels for 2 columns");
  EXPECT_EQ(failureOf(",0,1\n0,0.5,0.25\n"), "FOLDER/t.csv: the label of row 0 is empty"); // names that are numbers
  EXPECT_EQ(failureOf("a,a\n1,2\n"), "FOLDER/t.csv: columns 0 and 1 are both called `a`");
  EXPECT_EQ(failureOf("1,2\n3,nan\n"), "FOLDER/t.csv[1][1] is not a number");
  EXPECT_EQ(failureOf("a,b\n"), "FOLDER/t.csv is empty");
  EXPECT_EQ(failureOf(""), "FOLDER/t.csv is empty");
  const Folder folder;
  EXPECT_EQ(messageOf(folder, loadMatrix(folder / "none.csv")), "there is no file FOLDER/none.csv");
  writeText(folder / "a.npy", "abc");
  EXPECT_EQ(messageOf(folder, loadMatrix(folder / "a.npy")), "FOLDER/a.npy is of no known format");
  EXPECT_EQ(messageOf(folder, loadMatrix(folder.path)), "FOLDER is no file");
}
