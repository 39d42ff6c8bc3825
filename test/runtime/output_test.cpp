// What a run writes: the HDF5 file's layout, survival of the whole program's death, full disks, summaries, the report, JSON.
#include "toy.h"
#include "test/runtime/shell.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

using namespace bdc::runtime;

namespace {

std::string temporary(const char *name) { return testing::TempDir() + "bdc_" + std::to_string(getpid()) + "_" + name; }

std::string python(const std::string &script, const std::string &file) {
  const std::string command = "/usr/bin/python3 -c '\nimport h5py, sys, numpy as np\nf = h5py.File(sys.argv[1], \"r\")\n" +
                              script + "' " + file + " 2>&1";
  return test::outputOf(command);
}

toy::Settings recorded() {
  toy::Settings s;
  s.records = "[" + toy::spikeRecord() + "," + toy::traceRecord(R"({"first": 12, "last": 13})") + "]";
  return s;
}

Options into(const std::string &path) {
  Options options;
  options.output = path;
  options.keepRecordings = true;
  options.command = "bdc run toy.bd";
  options.version = "0.1.0";
  options.seed = 42;
  return options;
}

} // namespace

TEST(Output, FileHoldsTheRun) {
  const std::string path = temporary("run.h5");
  auto s = toy::simulation(recorded(), into(path));
  ASSERT_TRUE(s->run());
  EXPECT_EQ(python("print(f.attrs[\"complete\"], f.attrs[\"seed\"])", path), "False 42\n");
  ASSERT_TRUE(s->finish());
  EXPECT_EQ(python(R"(
a = f.attrs
print(a["hash"], a["seed"], a["dt"], a["version"], a["precision"], a["command"], a["complete"], a["experiment"], a["network"])
t, n = f["spikes/E/timestamps"], f["spikes/E/node_ids"]
print(t.attrs["units"], t.dtype, n.dtype, len(t) == len(n), (np.diff(t[:]) >= 0).all(), f["spikes/E"].attrs["sorting"])
v = f["traces/E.v"]
print(v["data"].shape, v["data"].attrs["units"], v["time"].attrs["units"], v["time"][0], v["time"][-1], v["ids"][:].tolist())
)",
                   path),
            "00000000deadbeef 42 0.1 0.1.0 f64 bdc run toy.bd True test Toy\n"
            "ms float64 uint64 True True 2\n"
            "(100, 10) uV ms 1.0 100.0 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n");
  const std::string counts = python("print(len(f[\"spikes/E/timestamps\"]), repr(float(f[\"traces/E.v/data\"][:].sum())))", path);
  double sum = 0;
  for (size_t row = 0; row < 100; ++row)
    for (size_t i = 0; i < 10; ++i)
      sum += s->recordings()[1].values[row * 10 + i];
  std::istringstream in(counts);
  size_t spikes = 0;
  double fileSum = 0;
  in >> spikes >> fileSum;
  EXPECT_EQ(spikes, s->recordings()[0].nodes.size());
  EXPECT_NEAR(fileSum, sum, 1e-9 * std::abs(sum));
  EXPECT_EQ(s->results().outputs, std::vector<std::string>{path});
  unlink(path.c_str());
}

/// The whole program is killed in the middle: what was flushed is what an undisturbed run has up to there.
TEST(Output, SurvivesKill) {
  toy::Settings settings = recorded();
  const double enough_ms = settings.duration;
  settings.duration = 1e7;
  const std::string path = temporary("killed.h5");
  for (int round = 0; round < 3; ++round) {
    int pipes[2];
    ASSERT_EQ(pipe(pipes), 0);
    const pid_t child = fork();
    if (child == 0) {
      Options options = into(path);
      options.flushSeconds = 0.01;
      options.keepRecordings = false;
      double reached_s = -1;
      options.progress = [&](const Progress &p) {
        if (reached_s < 0 && p.time_ms > enough_ms)
          reached_s = p.wall_s;
        if (reached_s >= 0 && p.wall_s > reached_s + 10 * options.flushSeconds && write(pipes[1], "", 1) != 1)
          _exit(2);
      };
      auto s = toy::simulation(settings, options);
      (void)s->run();
      _exit(1);
    }
    close(pipes[1]);
    char told = 0;
    ASSERT_EQ(read(pipes[0], &told, 1), 1) << "enough is written";
    usleep(static_cast<useconds_t>(111'000 * round));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    close(pipes[0]);
    std::istringstream seen(
        python("t = f[\"spikes/E/timestamps\"][:]; n = f[\"spikes/E/node_ids\"][:]; d = f[\"traces/E.v/data\"]\n"
               "print(len(t), len(n), d.shape[0], len(f[\"traces/E.v/time\"]), n[:1000].sum(), f.attrs[\"complete\"])",
               path));
    size_t times = 0, nodes = 0, rows = 0, rowTimes = 0;
    uint64_t sum = 0;
    std::string complete;
    seen >> times >> nodes >> rows >> rowTimes >> sum >> complete;
    EXPECT_EQ(complete, "False") << seen.str();
    EXPECT_EQ(times, nodes);
    EXPECT_EQ(rows, rowTimes);
    EXPECT_GT(rows, 100u);
    auto whole = toy::simulation(recorded(), into(temporary("whole.h5")));
    ASSERT_TRUE(whole->run());
    uint64_t expected = 0;
    ASSERT_GE(whole->recordings()[0].nodes.size(), 1000u);
    for (size_t i = 0; i < 1000; ++i)
      expected += whole->recordings()[0].nodes[i];
    EXPECT_EQ(sum, expected);
  }
  unlink(path.c_str());
  unlink(temporary("whole.h5").c_str());
}

TEST(Output, AFullDiskEndsTheRunWithItsResults) {
  toy::Settings settings = recorded();
  settings.duration = 1e6;
  const std::string path = temporary("full.h5");
  auto s = toy::simulation(settings, into(path));
  rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{1'000'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const Result<RunState> result = s->run();
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::output);
  EXPECT_FALSE(s->run()) << "a failed run goes on only after prepare";
  EXPECT_TRUE(s->finish());
  EXPECT_EQ(python("print(len(f[\"spikes/E/timestamps\"]) > 100, f.attrs[\"complete\"])", path), "True False\n");
  unlink(path.c_str());
}

TEST(Output, AnUnwritablePathIsToldBeforeTheRun) {
  auto s = toy::simulation(recorded(), into("/proc/no/such.h5"));
  const Status status = s->prepare();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::output);
}

TEST(Output, SummariesPlotsAndJson) {
  toy::Settings settings;
  settings.discard = 20;
  settings.summaries = R"json([
    {"text": "rate(E)", "function": "rate", "arguments": [{"queue": 0}]},
    {"text": "cv_isi(E)", "function": "cv_isi", "arguments": [{"queue": 0}]},
    {"text": "mean(E.v)", "function": "mean", "arguments": [{"array": 0, "every": 0}], "unit": "uV", "factor": 1000}])json";
  settings.plots = R"json([
    {"text": "raster(E)", "function": "raster", "arguments": [{"queue": 0}]},
    {"text": "rate(E, bin = 2 ms)", "function": "rate", "arguments": [{"queue": 0}], "options": {"bin": 11}},
    {"text": "E.v", "function": "trace", "arguments": [{"array": 0, "every": 0, "select": {"first": 12, "last": 13}}]},
    {"text": "histogram(E.v)", "function": "histogram", "arguments": [{"array": 0}]}])json";
  settings.records = "[" + toy::spikeRecord() + "," +
                     R"({"text": "E.v", "name": "E.v", "kind": "array", "array": 0, "space": 0, "unit": "mV"})" + "]";
  Options options;
  options.keepRecordings = true;
  options.report = temporary("report.html");
  options.command = "bdc run <toy>.bd";
  auto s = toy::simulation(settings, options);
  ASSERT_TRUE(s->run());
  ASSERT_TRUE(s->finish());
  const Results &r = s->results();
  ASSERT_EQ(r.summaries.size(), 3u);
  const Recording &spikes = s->recordings()[0], &v = s->recordings()[1];
  EXPECT_NEAR(r.summaries[0].value, static_cast<double>(spikes.nodes.size()) / 200 / 0.08, 1e-9);
  EXPECT_EQ(r.summaries[0].unit, "Hz");
  double sum = 0;
  for (double x : v.values)
    sum += x;
  EXPECT_NEAR(r.summaries[2].value, 1000 * sum / static_cast<double>(v.values.size()), 1e-6);

  const auto json = nlohmann::json::parse(toJson(r));
  EXPECT_EQ(json["summaries"]["rate(E)"]["unit"], "Hz");
  std::set<std::string> keys;
  for (const auto &entry : json.items())
    keys.insert(entry.key());
  EXPECT_EQ(keys, (std::set<std::string>{"experiment", "seed", "precision", "threads", "steps", "compile_s", "build_s", "run_s",
                                         "planned_bytes", "peak_bytes", "summaries", "outputs", "warnings"}));
  EXPECT_TRUE(nlohmann::json::parse(toJson(r, true)).contains("run_cpu_s"));

  std::ifstream file(options.report);
  const std::string html((std::istreambuf_iterator<char>(file)), {});
  EXPECT_LT(html.size(), 2'000'000u);
  size_t drawings = 0;
  for (size_t at = html.find("<svg"); at != std::string::npos; at = html.find("<svg", at + 1))
    ++drawings;
  EXPECT_EQ(drawings, 4u);
  EXPECT_NE(html.find("bdc run &lt;toy&gt;.bd"), std::string::npos);
  EXPECT_EQ(html.find("nan"), std::string::npos);
  EXPECT_EQ(html.find("http"), std::string::npos) << "self-contained";
  unlink(options.report.c_str());
}

/// Tables of summaries: in the file with units and facts, beside the number in the JSON, drawn; a plot of the same is heard once.
TEST(Output, TablesOfSummaries) {
  toy::Settings settings;
  settings.discard = 20;
  settings.probability = 0; // alone, so that they differ
  const std::string samples = R"json("arguments": [{"array": 0, "every": 11, "select": {"first": 12, "last": 13}}])json";
  const auto query = [&](const char *text, const char *function, const char *options) {
    return "{\"text\": \"" + std::string(text) + "\", \"function\": \"" + function + "\", " + samples + ", \"options\": {" + options +
           "}}";
  };
  const std::string fc = query("fc", "correlation", ""), power = query("a/b", "spectrum", R"("segment": 6)"),
                    fcd = query("fcd(E.v)", "fcd", R"("window": 6, "step": 11)");
  settings.summaries = "[" + fc + "," + power + "," + fcd + "," + query("late", "fcd", "") + "]";
  settings.plots = "[" + fc + "," + power + "," + fcd + "]";
  Options options = into(temporary("tables.h5"));
  options.report = temporary("tables.html");
  auto s = toy::simulation(settings, options);
  ASSERT_TRUE(s->run());
  ASSERT_TRUE(s->finish());
  const auto json = nlohmann::json::parse(toJson(s->results()))["summaries"];
  EXPECT_EQ(json["fc"]["unit"], "");
  EXPECT_EQ(json["fc"]["group"], "/summaries/fc");
  EXPECT_EQ(json["fc"]["samples"], 80);
  EXPECT_EQ(json["a/b"]["unit"], "Hz");
  EXPECT_EQ(json["fcd(E.v)"]["windows"], 71); // 10 of 80 samples each, one every sample
  EXPECT_TRUE(json["late"]["value"].is_null());
  ASSERT_EQ(s->results().warnings.size(), 1u);
  EXPECT_EQ(s->results().warnings[0], "`late` has no value: 80 ms hold 0 windows of 60000 ms; it takes two");
  EXPECT_EQ(python(R"(
g = f["summaries"]
m = g["fc/matrix"][:]
print(sorted(g), m.shape, (m == m.T).all(), (m.diagonal() == 1).all(), g["fc"].attrs["function"], g["fc"].attrs["unit"], g["fc/ids"][:].tolist())
print(abs(m[np.triu_indices(10, 1)].mean() - g["fc"].attrs["value"]) < 1e-15)
print(g["a|b/density"].shape, g["a|b/density"].attrs["units"], g["a|b/frequency"].attrs["units"], g["a|b"].attrs["segment_ms"])
print(g["fcd(E.v)/matrix"].shape, g["fcd(E.v)/time"][0], g["fcd(E.v)/time"].attrs["units"], np.isnan(g["late"].attrs["value"]))
)",
                   options.output),
            "['a|b', 'fc', 'fcd(E.v)', 'late'] (10, 10) True True correlation 1 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\nTrue\n"
            "(10, 6) mV^2/Hz Hz 10.0\n(71, 71) 25.5 ms True\n");
  EXPECT_NE(python("print(repr(f[\"summaries/fc\"].attrs[\"value\"]))", options.output).find(json["fc"]["value"].dump().substr(0, 12)),
            std::string::npos);
  std::ifstream file(options.report);
  const std::string html((std::istreambuf_iterator<char>(file)), {});
  EXPECT_NE(html.find("10 elements, 80 samples"), std::string::npos);
  EXPECT_NE(html.find("71 windows of 0.01 s, one every 0.001 s"), std::string::npos);
  EXPECT_NE(html.find("density (mV²/Hz)"), std::string::npos);
  EXPECT_EQ(html.find("nan"), std::string::npos);
  unlink(options.output.c_str());
  unlink(options.report.c_str());
}

TEST(Output, AnUnknownFunctionIsAnError) {
  toy::Settings settings;
  settings.summaries = R"json([{"text": "tempo(E)", "function": "tempo", "arguments": [{"queue": 0}]}])json";
  EXPECT_FALSE(toy::simulation(settings)->prepare());
}
