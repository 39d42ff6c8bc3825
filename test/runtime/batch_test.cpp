// Many runs of one program: the bits of runs alone, whatever the threads; failures of single lanes; files; refusals.
#include "runtime/batch/batch.h"
#include "runtime/batch/batch_file.h"
#include "runtime/batch/points.h"
#include "test/runtime/shell.h"
#include "toy.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>

using namespace bdc::runtime;

namespace {

const std::string path = testing::TempDir() + "bdc_batch_" + std::to_string(getpid());

toy::Settings recorded() {
  toy::Settings s;
  s.records = "[" + toy::spikeRecord() + "," + toy::traceRecord() + "]";
  s.summaries = R"json([{"text": "count(E)", "function": "count", "arguments": [{"queue": 0}]},
                    {"text": "mean(E.v)", "function": "mean", "arguments": [{"array": 0}]}])json";
  s.plots = R"json([{"text": "count(E) against tau", "function": "against", "arguments": [{"summary": 0}, {"parameter": "tau"}]},
                {"text": "E.v", "function": "traces", "arguments": [{"array": 0}]}])json";
  return s;
}

Options options(int threads = 1) {
  Options o;
  o.threads = threads;
  o.keepRecordings = true;
  o.seed = 3;
  return o;
}

/// In tau and size.
std::unique_ptr<Batch> batch(Options o, const toy::Settings &settings = recorded()) {
  Result<std::unique_ptr<Batch>> made = Batch::create(toy::program(settings), std::move(o), {{"tau", "ms"}, {"N", ""}});
  EXPECT_TRUE(made);
  return std::move(*made);
}

Lane lane(double tau, double size, uint64_t seed) {
  return {{tau, size}, {tau, size}, seed, "tau = " + std::to_string(tau)};
}

std::vector<Lane> someLanes() {
  std::vector<Lane> lanes;
  for (int i = 0; i < 7; ++i)
    lanes.push_back(lane(5 + i, 100 + 10 * (i % 3), static_cast<uint64_t>(1 + i / 2)));
  return lanes;
}

std::string python(const std::string &script) {
  return test::outputOf("/usr/bin/python3 -c '\nimport h5py, sys, numpy as np\nf = h5py.File(sys.argv[1], \"r\")\n" + script + "' " + path +
                        ".h5 2>&1");
}

} // namespace

TEST(Batch, LanesHaveTheBitsOfRunsAlone) {
  std::vector<std::unique_ptr<Simulation>> alone;
  for (const Lane &l : someLanes()) {
    Options o = options();
    o.seed = l.seed;
    alone.push_back(toy::simulation(recorded(), o));
    ASSERT_TRUE(alone.back()->set("tau", l.coherent[0]) && alone.back()->set("N", l.coherent[1]));
    ASSERT_TRUE(alone.back()->run());
    ASSERT_TRUE(alone.back()->finish());
  }
  for (int threads : {1, 2, 3, 20}) { // lanes side by side; and threads that share the elements of a lane
    auto many = batch(options(threads));
    for (int again = 0; again < 2; ++again) {
      const Result<RunState> state = many->run(someLanes());
      ASSERT_TRUE(state) << state.error().message;
      for (size_t i = 0; i < alone.size(); ++i) {
        const LaneResult &got = many->results().lanes[i];
        EXPECT_EQ(got.state, LaneState::finished);
        EXPECT_EQ(got.recordings[0].times_ms, alone[i]->recordings()[0].times_ms) << i;
        EXPECT_EQ(got.recordings[0].nodes, alone[i]->recordings()[0].nodes) << i;
        EXPECT_EQ(got.recordings[1].values, alone[i]->recordings()[1].values) << i;
        for (size_t s = 0; s < 2; ++s)
          EXPECT_EQ(got.summaries[s].value, alone[i]->results().summaries[s].value) << i;
      }
    }
  }
}

TEST(Batch, FileHoldsLanesAndTables) {
  Options o = options(2);
  o.output = path + ".h5";
  auto many = batch(o);
  ASSERT_TRUE(many->run(someLanes()));
  ASSERT_TRUE(many->finish());
  std::string means;
  for (const LaneResult &l : many->results().lanes)
    means += nlohmann::json(l.summaries[1].value).dump() + " ";
  EXPECT_EQ(python(R"py(
s = f["sweep"]
print(f.attrs["complete"], f.attrs["lanes"], f.attrs["seed"], f.attrs["experiment"], sorted(f), sorted(s))
print(s["parameters/tau"][:].tolist(), s["parameters/tau"].attrs["units"], s["parameters/N"][:].tolist(), s["parameters/N"].attrs["units"])
print(s["parameters/seed"][:].tolist(), s["state"][:].tolist(), s["summaries/mean(E.v)"].attrs["units"], sorted(s["summaries"]))
print(*map(float, s["summaries/mean(E.v)"][:]), "")
for name, lane in f["lanes"].items():
    v = lane["traces/E.v"]
    print(name, lane.attrs["label"], lane.attrs["complete"], lane.attrs["seed"], dict(lane["parameters"].attrs), v["data"].shape, len(v["time"]),
          len(lane["spikes/E/timestamps"]) == s["summaries/count(E)"][int(name)])
)py"),
            "True 7 3 test ['lanes', 'sweep'] ['parameters', 'state', 'summaries']\n"
            "[5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0] ms [100.0, 110.0, 120.0, 100.0, 110.0, 120.0, 100.0] 1\n"
            "[1, 1, 2, 2, 3, 3, 4] [1, 1, 1, 1, 1, 1, 1] mV ['count(E)', 'mean(E.v)']\n" +
                means +
                "\n"
                "0 tau = 5.000000 True 1 {'N': 100.0, 'tau': 5.0} (100, 100) 100 True\n"
                "1 tau = 6.000000 True 1 {'N': 110.0, 'tau': 6.0} (100, 110) 100 True\n"
                "2 tau = 7.000000 True 2 {'N': 120.0, 'tau': 7.0} (100, 120) 100 True\n"
                "3 tau = 8.000000 True 2 {'N': 100.0, 'tau': 8.0} (100, 100) 100 True\n"
                "4 tau = 9.000000 True 3 {'N': 110.0, 'tau': 9.0} (100, 110) 100 True\n"
                "5 tau = 10.000000 True 3 {'N': 120.0, 'tau': 10.0} (100, 120) 100 True\n"
                "6 tau = 11.000000 True 4 {'N': 100.0, 'tau': 11.0} (100, 100) 100 True\n");
  unlink((path + ".h5").c_str());
}

/// Lane 1 becomes NaN at 50 ms: it says so, its summaries are none, and the others are what they are without it.
/// What a kill leaves behind is what was committed: no lane is called finished before its recordings can be read.
TEST(Batch, LanesAreFinishedWhenTheirRecordingsCanBeRead) {
  BatchResults results;
  results.parameters = {{"tau", "ms"}};
  results.lanes.resize(2);
  for (LaneResult &each : results.lanes)
    each.lane.values = {5};
  auto file = BatchFile::create(path + ".h5", {}, results, {{"rate", 0, "Hz", {}, {}}});
  ASSERT_TRUE(file);
  LaneResult &last = results.lanes[1];
  (void)(*file)->place(last, 1);
  last.state = LaneState::finished;
  last.summaries = {{"rate", 7, "Hz", {}, {}}};
  (*file)->write(last, 1);
  const std::string script = "print(f[\"sweep/state\"][:], f[\"sweep/summaries/rate\"][:], list(f[\"lanes\"]), f.attrs[\"complete\"])";
  EXPECT_EQ(python(script), "[0 0] [nan nan] [] False\n");
  ASSERT_TRUE((*file)->commit());
  EXPECT_EQ(python(script), "[0 1] [nan  7.] ['1'] False\n");
  ASSERT_TRUE((*file)->complete());
  EXPECT_NE(python(script).find("True"), std::string::npos);
  unlink((path + ".h5").c_str());
}

TEST(Batch, LanesThatRecordNothingTakeLittleRoom) {
  BatchResults results;
  results.parameters = {{"tau", "ms"}};
  results.lanes.resize(1000);
  for (size_t i = 0; i < 1000; ++i)
    results.lanes[i].lane = {{5}, {5}, i, "the lane with number " + std::to_string(i)};
  auto file = BatchFile::create(path + ".h5", {}, results, {});
  ASSERT_TRUE(file);
  for (size_t i = 0; i < 1000; ++i) {
    const LanePlace place = (*file)->place(results.lanes[i], i);
    ASSERT_TRUE(place.file->seal(place.group));
  }
  ASSERT_TRUE((*file)->complete());
  EXPECT_EQ(python("print(len(f[\"lanes\"]), f[\"lanes/700\"].attrs[\"label\"], f[\"lanes/003/parameters\"].attrs[\"tau\"])"),
            "1000 the lane with number 700 5.0\n");
  EXPECT_LT(std::filesystem::file_size(path + ".h5"), 1'200'000u);
  unlink((path + ".h5").c_str());
}

TEST(Batch, ALaneThatFailsLeavesTheOthersAlone) {
  Options o = options(2);
  o.output = path + ".h5";
  Result<std::unique_ptr<Batch>> made = Batch::create(toy::program(recorded()), o, {{"blow_up", ""}});
  ASSERT_TRUE(made);
  std::vector<Lane> lanes;
  for (double at : {0.0, 500.0, 0.0})
    lanes.push_back({{at}, {at}, 1, "blow_up = " + std::to_string(int(at))});
  ASSERT_TRUE((*made)->run(lanes));
  ASSERT_TRUE((*made)->finish());
  const BatchResults &results = (*made)->results();
  EXPECT_EQ(results.count(LaneState::failed), 1u);
  EXPECT_EQ(results.count(LaneState::finished), 2u);
  EXPECT_EQ(results.lanes[1].error, "E.v[17] became NaN (not a number) at 50 ms (step 500)");
  EXPECT_TRUE(std::isnan(results.lanes[1].summaries[0].value));
  EXPECT_EQ(results.lanes[2].summaries[1].value, results.lanes[0].summaries[1].value);
  ASSERT_EQ(results.total.warnings.size(), 1u);
  EXPECT_EQ(results.total.warnings[0], "lane 1 (blow_up = 500) failed: E.v[17] became NaN (not a number) at 50 ms (step 500)");
  EXPECT_EQ(python(R"py(
print(f["sweep/state"][:].tolist(), np.isnan(f["sweep/summaries/count(E)"][:]).tolist(), f["lanes/1"].attrs["complete"], f.attrs["complete"])
print(f["lanes/1/traces/E.v/time"][-1] > 40)
)py"),
            "[1, 2, 1] [False, True, False] False True\nTrue\n");
  unlink((path + ".h5").c_str());
}

TEST(Batch, WrongLanesAreRefusedBeforeAnyRuns) {
  std::vector<Lane> lanes = someLanes();
  lanes[5].coherent[1] = 10.5;
  auto many = batch(options());
  const Result<RunState> state = many->run(lanes);
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().kind, ErrorKind::input);
  EXPECT_NE(state.error().message.find("(in the lane with tau = 10.000000)"), std::string::npos) << state.error().message;
  EXPECT_TRUE(many->results().lanes.empty());
}

TEST(Batch, NoLanesAreRefused) {
  Options o = options();
  o.output = path + ".h5";
  const Result<RunState> state = batch(o)->run({});
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().message, "there are no lanes to run");
  EXPECT_FALSE(std::ifstream(o.output).good());
}

/// Side by side run as many as there are threads; the largest count.
TEST(Batch, MemoryIsThatOfTheLanesThatRunSideBySide) {
  const std::vector<Lane> lanes = {lane(5, 100, 1), lane(5, 900, 1), lane(5, 100, 1), lane(5, 600, 1)};
  auto single = [&](size_t i) { return batch(options())->plan({lanes[i]})->total(); };
  EXPECT_EQ(batch(options(1))->plan(lanes)->total(), single(1));
  EXPECT_EQ(batch(options(2))->plan(lanes)->total(), single(1) + single(3));
  Options little = options(2);
  little.maxMemory = single(1) + single(3) / 2;
  const Result<RunState> refused = batch(little)->run(lanes);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::memory);
  EXPECT_NE(refused.error().help.find("2 lanes run side by side: fewer --threads take less"), std::string::npos) << refused.error().help;
  little.threads = 1;
  EXPECT_TRUE(batch(little)->run(lanes));
}

TEST(Batch, AnInterruptKeepsWhatIsFinished) {
  std::atomic<bool> stop = false;
  Options o = options();
  o.output = path + ".h5";
  o.interrupt = &stop;
  toy::Settings longer = recorded();
  longer.duration = 1000;
  o.progress = [&](const Progress &p) { stop = stop || p.lanesDone >= 2; };
  auto many = batch(o, longer);
  std::vector<Lane> lanes(200, lane(5, 200, 1));
  const Result<RunState> state = many->run(lanes);
  ASSERT_TRUE(state);
  EXPECT_EQ(*state, RunState::interrupted);
  const size_t finished = many->results().count(LaneState::finished);
  EXPECT_GE(finished, 2u);
  EXPECT_LT(finished, 200u);
  EXPECT_TRUE(many->results().total.interrupted);
  EXPECT_EQ(python("print((f[\"sweep/state\"][:] == 1).sum(), f.attrs[\"complete\"], np.isfinite(f[\"sweep/summaries/count(E)\"][:]).sum())"),
            std::to_string(finished) + " False " + std::to_string(finished) + "\n");
  unlink((path + ".h5").c_str());
}

TEST(Batch, ReportShowsLanesAndTheirSummaries) {
  Options o = options();
  o.report = path + ".html";
  auto many = batch(o);
  ASSERT_TRUE(many->run(someLanes()));
  ASSERT_TRUE(many->finish());
  std::ifstream file(path + ".html");
  const std::string html{std::istreambuf_iterator<char>(file), {}};
  for (const char *text : {"<h2>count(E) against tau</h2><svg", "tau (ms)</text>", "<h2>E.v</h2><svg", "<h2>7 lanes</h2><table", "<td>11</td>"})
    EXPECT_NE(html.find(text), std::string::npos) << text;
  unlink((path + ".html").c_str());
}

TEST(Batch, JsonNamesParametersAndLanes) {
  auto many = batch(options());
  ASSERT_TRUE(many->run(someLanes()));
  const auto json = nlohmann::json::parse(toJson(many->results()));
  EXPECT_EQ(json["sweep"]["parameters"], nlohmann::json::parse(R"([{"name": "tau", "unit": "ms"}, {"name": "N", "unit": ""}])"));
  const auto &l = json["sweep"]["lanes"][3];
  EXPECT_EQ(l["values"], nlohmann::json::parse("[8.0, 100.0]"));
  EXPECT_EQ(l["seed"], 2);
  EXPECT_EQ(l["state"], "finished");
  EXPECT_EQ(l["summaries"]["count(E)"]["value"], many->results().lanes[3].summaries[0].value);
  EXPECT_EQ(json["steps"], 7000);
}

/// The first points as Joe and Kuo print them (web.maths.unsw.edu.au/~fkuo/sobol, "Notes on generating Sobol sequences", the output of their
/// program for three dimensions).
TEST(Points, SobolIsTheSequenceOfJoeAndKuo) {
  const std::vector<double> published = {0,     0,     0,     0.5,   0.5,   0.5,   0.75,   0.25,   0.25,   0.25, 0.75, 0.75, 0.375, 0.375, 0.625,
                                         0.875, 0.875, 0.125, 0.625, 0.125, 0.875, 0.125,  0.625,  0.375,  0.1875, 0.3125, 0.9375, 0.6875, 0.8125, 0.4375};
  EXPECT_EQ(sobolPoints(10, 3), published);
}

/// Of 2^k points of the sequence each of the 2^k equal intervals holds one, in every dimension.
TEST(Points, SobolFillsEveryAxisEvenly) {
  constexpr int64_t count = 64;
  constexpr int dimensions = 9;
  const std::vector<double> points = sobolPoints(count, dimensions);
  for (int d = 0; d < dimensions; ++d) {
    std::vector<int64_t> interval;
    for (int64_t i = 0; i < count; ++i)
      interval.push_back(static_cast<int64_t>(points[static_cast<size_t>(i * dimensions + d)] * count));
    std::sort(interval.begin(), interval.end());
    std::vector<int64_t> all(count);
    std::iota(all.begin(), all.end(), 0);
    EXPECT_EQ(interval, all) << d;
  }
}

TEST(Points, RandomOnesAreUniformAndOfTheSeed) {
  const std::vector<double> a = randomPoints(20000, 2, 1, "x");
  EXPECT_EQ(a, randomPoints(20000, 2, 1, "x"));
  EXPECT_NE(a, randomPoints(20000, 2, 2, "x"));
  EXPECT_NE(a, randomPoints(20000, 2, 1, "y"));
  for (size_t d = 0; d < 2; ++d) {
    double sum = 0, squares = 0;
    for (size_t i = d; i < a.size(); i += 2) {
      ASSERT_TRUE(a[i] >= 0 && a[i] < 1);
      sum += a[i];
      squares += a[i] * a[i];
    }
    // 4 standard errors: sqrt(1/12) and sqrt(4/45) over sqrt(20000).
    EXPECT_NEAR(sum / 20000, 0.5, 4 * 0.2887 / 141.4);
    EXPECT_NEAR(squares / 20000, 1.0 / 3, 4 * 0.2981 / 141.4);
  }
}
