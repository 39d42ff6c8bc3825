// Spike trains from files of every format, and what is said of bad ones.
#include "data_files.h"

#include "runtime/data/spikes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace bdc::runtime;
using namespace bdc::runtime::test;

namespace {

/// The folder's own name is replaced by FOLDER.
std::string failure(const Folder &folder, const std::string &file, const SpikeOptions &options = {}) {
  const auto loaded = loadSpikes(folder / file, options);
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
  writeText(folder / "s.csv", text);
  return failure(folder, "s.csv");
}

} // namespace

TEST(DataSpikes, Formats) {
  const Folder folder;
  writeText(folder / "sonata.csv", "timestamps population node_ids\n1.5 E 3\n0.25 E 0\n");
  writeText(folder / "nest.dat", "# NEST\nsender\ttime_ms\n7\t12.5\n");
  python("import sys, numpy as np, h5py\n"
         "f = sys.argv[1] + \"/\"\n"
         "np.savez(f + \"s.npz\", timestamps=[0.001, 0.002], node_ids=[4, 5])\n"
         "with h5py.File(f + \"s.h5\", \"w\") as h:\n"
         "  for p, t in ((\"E\", [1.0, 2.0]), (\"I\", [3.0])):\n"
         "    g = h.create_group(\"spikes/\" + p)\n"
         "    g[\"timestamps\"] = t; g[\"node_ids\"] = np.arange(len(t), dtype=\"u8\")\n"
         "    g[\"timestamps\"].attrs[\"units\"] = \"ms\"\n"
         "with h5py.File(f + \"bare.h5\", \"w\") as h:\n"
         "  h[\"timestamps\"] = [0.5, 0.25]; h[\"node_ids\"] = [1, 0]\n"
         "  h[\"timestamps\"].attrs[\"units\"] = np.bytes_(\"s\")\n"
         "with h5py.File(f + \"minutes.h5\", \"w\") as h:\n"
         "  h[\"timestamps\"] = [0.5]; h[\"node_ids\"] = [1]; h[\"timestamps\"].attrs[\"units\"] = \"min\"\n"
         "with h5py.File(f + \"texts.h5\", \"w\") as h:\n"
         "  h[\"timestamps\"] = [0.5]; h[\"node_ids\"] = [\"a\"]\n"
         "h5py.File(f + \"none.h5\", \"w\").close()\n"
         "np.savez(f + \"half.npz\", timestamps=[1.0])\n"
         "np.savez(f + \"uneven.npz\", timestamps=[1.0, 2.0], node_ids=[1, 2, 3])\n",
         folder.path);
  const auto load = [&](const char *file, const char *entry = "", double unit = 1) {
    const auto spikes = loadSpikes(file, {.name = entry, .unit_ms = unit, .folder = folder.path});
    EXPECT_TRUE(spikes) << spikes.error().message;
    return spikes ? *spikes : SpikeData{};
  };
  EXPECT_EQ(load("sonata.csv").times_ms, (std::vector<double>{1.5, 0.25}));
  EXPECT_EQ(load("sonata.csv").elements, (std::vector<uint32_t>{3, 0}));
  EXPECT_EQ(load("nest.dat").elements, std::vector<uint32_t>{7});
  EXPECT_EQ(load("s.npz", "", 1000).times_ms, (std::vector<double>{1, 2}));
  EXPECT_EQ(load("s.h5", "I").times_ms, std::vector<double>{3});
  EXPECT_EQ(load("s.h5", "spikes/E").elements, (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(load("bare.h5").times_ms, (std::vector<double>{500, 250}));
  EXPECT_EQ(failure(folder, "s.h5"), "FOLDER/s.h5 has the spikes of several populations: spikes/E, spikes/I");
  EXPECT_EQ(failure(folder, "s.h5", {.name = "X"}), "FOLDER/s.h5 has no spikes of `X`: there is spikes/E, spikes/I");
  EXPECT_EQ(failure(folder, "minutes.h5"), "FOLDER/minutes.h5: timestamps is in `min`");
  EXPECT_EQ(failure(folder, "texts.h5"), "FOLDER/texts.h5: node_ids does not hold numbers");
  EXPECT_EQ(failure(folder, "none.h5"), "FOLDER/none.h5 has no group with `timestamps` and `node_ids`");
  EXPECT_EQ(failure(folder, "half.npz"), "FOLDER/half.npz has no array `node_ids`");
  EXPECT_EQ(failure(folder, "uneven.npz"), "FOLDER/uneven.npz holds 2 times and 3 elements");
  EXPECT_EQ(failure(folder, "sonata.csv", {.name = "E"}), "FOLDER/sonata.csv holds the spikes of one population, without a name");
}

TEST(DataSpikes, WhatAreNone) {
  EXPECT_EQ(failureOfText("1.5,3\n2,4\n"), "FOLDER/s.csv: line 1 does not name the columns of times and elements");
  EXPECT_EQ(failureOfText("time,element\n1.5\n"), "FOLDER/s.csv: line 2 has 1 fields, the first has 2");
  EXPECT_EQ(failureOfText("time,element\n1.5,x\n"), "FOLDER/s.csv: line 2, column 5: `x` is no number");
  EXPECT_EQ(failureOfText("time,element\n1.5,0\n2,-1\n"), "FOLDER/s.csv: the element of spike 1 is -1, no number of an element");
  EXPECT_EQ(failureOfText("time,element\ninf,0\n"), "FOLDER/s.csv: the time of spike 0 is inf");
  EXPECT_EQ(failureOfText("timestamps population node_ids\n1 E 0\n1 I 0\n"),
            "FOLDER/s.csv: line 3 is of `I`, the lines before it of `E`");
  EXPECT_EQ(failureOfText("time,element\n"), "no error");
}
