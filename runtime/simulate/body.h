/// The inside of a Simulation. Used within this folder alone; the parts are build.cpp (from parameters to the first step),
/// loop.cpp (chunks), alike.cpp (which runs may go side by side), fault.cpp (where a NaN came from), outputs.cpp (what is recorded and
/// drawn), summaries.cpp (what is summarised).
#pragma once

#include "runtime/checkpoint/slots.h"
#include "runtime/clock.h"
#include "runtime/connect/build.h"
#include "runtime/record/recorder.h"
#include "runtime/report/plots.h"
#include "runtime/simulate/data_store.h"
#include "runtime/simulate/simulation.h"
#include "runtime/simulate/sizes.h"
#include "runtime/summarise/summarise.h"

#include <deque>
#include <filesystem>
#include <set>

namespace bdc::runtime {

class Observation;
struct ObjectivePlan;
class OutputFile;

/// An element of an array of f32 or f64.
inline double numberAt(const void *array, Type type, int64_t element) {
  return type == Type::f32 ? static_cast<const float *>(array)[element] : static_cast<const double *>(array)[element];
}
inline void putNumber(void *array, Type type, int64_t element, double value) {
  if (type == Type::f32)
    static_cast<float *>(array)[element] = static_cast<float>(value);
  else
    static_cast<double *>(array)[element] = value;
}

struct Simulation::Body {
  Body(std::shared_ptr<const Program> program, Options options);
  ~Body();

  /// The program does not make it any more; what is made of it is made anew once `derived` is false.
  void setScalar(int scalar, double value) {
    scalars[scalar] = value;
    isSet[scalar] = 1;
  }

  // data.cpp
  Status loadData();
  void publish(size_t position);

  // regions.cpp
  Status chooseRegions();
  Status chooseRegions(const Regions &regions, std::vector<uint32_t> &chosen) const;
  Status placeLabels();
  bool hasParts() const;
  Status makeParts();
  Status makePart(const DataSource &source, size_t position);
  Status take(const Select &slice, const std::string &name, std::vector<int64_t> &elements) const;
  Status checkColumns() const;

  // weights.cpp
  Status takeGivenWeights(size_t position);
  Status placeWeights();
  std::vector<double> weightGradient(const GradientParameter &parameter) const;

  // build.cpp
  Status derive();
  /// `refuse`: an error as soon as it is known not to fit; else the whole plan, whether it fits or not.
  Result<MemoryPlan> makePlan(bool refuse);
  Status fits(const MemoryPlan &plan) const;
  /// What this simulation and others may take together, without what those have.
  int64_t memoryLeft() const;
  /// States and params with the values that they begin with, and the plan of everything: no network yet, and nothing written.
  Result<MemoryPlan> initialise();
  Status prepare();
  int64_t slotWords(int64_t elements) const;
  Status allocateArrays();
  Status buildGraphs();
  Connection connection(const Graph &graph) const;
  EdgeValues edgeValues(const Graph &graph) const;
  int64_t bytesPerTarget(const Graph &graph) const;
  Status checkShape();

  // objective.cpp
  Status evaluate(bool keep);

  // given.cpp
  Result<int> findGivable(std::string_view name) const;
  Status setElements(int array, std::span<const double> values);
  Status checkGiven() const;
  Status placeGiven();
  std::vector<double> row(int array) const;

  // tangent.cpp
  Status setDirection(const Direction &direction);

  // sensitivity.cpp
  Status declareSensitivities();
  Status openSensitivities();

  // loop.cpp
  Result<RunState> advance(int64_t steps);
  Status runChunk(int64_t first, int64_t steps);
  Error faultBetween(int64_t first, int64_t last) const;

  // fault.cpp
  struct Bad {
    int array = -1;
    int64_t element = -1;
    double value = 0;
  };
  int64_t arrayBytes(size_t index) const;
  int64_t queueBytes(size_t index) const;
  /// Everything that a step changes, apart from recordings and what the way back keeps.
  std::vector<checkpoint::Piece> statePieces() const;
  /// Their bytes, as soon as sizes are known.
  int64_t plannedStateBytes() const;
  void saveState();
  void restoreState();
  Bad findBad() const;
  /// The message for a bad number found after steps first + 1 … first + steps.
  Error explainFault(Bad found, int64_t first, int64_t steps);

  // summaries.cpp
  struct Summary {
    std::string text;
    Display display;
    const SummaryFunction *function;
    std::shared_ptr<Accumulator> accumulator;
    std::vector<int> streams; ///< what it hears
    SummaryInput input;       ///< without its streams
    bool isDrawnOnly = false; ///< made for a plot
    int place = -1;           ///< in the file
  };
  Result<Summary> makeSummary(const Query &query);
  Status declareSummary(const Query &query);
  Status declareDetailPlot(const Query &query);
  std::vector<std::string> labelsOf(const Stream &stream) const;
  std::vector<std::string> elementNames(const Stream &stream) const;
  void openSummaries();
  Status finishSummaries();

  // outputs.cpp
  Result<int64_t> interval(int every, const std::string &text) const;
  Status selectInto(Stream &stream, const Select &select) const;
  Result<Stream> recordStream(const Record &record) const;
  Result<Stream> queryStream(const Query &query, const Argument &argument) const;
  Result<std::vector<Stream>> queryStreams(const Query &query, bool ofSpikes) const;
  Status declarePlot(const Query &query);
  Status declareConnectomePlot(const Query &query);
  Status declareOutputs();
  Stream streamOf(int record) const;
  Status openOutputs();
  Status flushOutputs(bool force);
  Status finish();

  std::shared_ptr<const Program> program;
  Options options;
  Team team;
  std::vector<double> scalars;
  std::vector<uint8_t> isSet;
  bool derived = false;
  Status emptySlice; ///< of what is coupled; sizes of data are known then, and who knows the text may say it better

  std::shared_ptr<DataStore> store = std::make_shared<DataStore>();
  std::vector<DataStore::Table> data; ///< per connectome or matrix
  std::vector<bdc_data> dataViews;
  std::vector<std::vector<uint32_t>> chosen; ///< which regions, for each of the descriptor's choices

  Sizes sizes;
  bdc_ctx ctx{};
  Arena arena;
  std::vector<void *> arrays;
  std::map<int, std::vector<double>> given; ///< elements of arrays that the host has given
  std::vector<const void *> givenRows;      ///< per array, as the program reads them
  bool givenAnew = false;                   ///< since `prepare`
  std::vector<bdc_graph> graphs;
  std::vector<bdc_queue> queues;
  std::vector<int64_t> bounds;
  std::vector<double> shape; ///< of what is allocated
  bool prepared = false, finished = false, failed = false;
  int64_t step = 0; ///< steps done

  int64_t nextChunk = 1;   ///< steps, adapted to the time they take
  std::vector<char> saved; ///< the state at the start of the chunk, where that is cheap
  int64_t stateBytes = 0;
  int64_t bytesBeside = 0; ///< that another simulation takes

  /// What a run is for: its recordings, the value of its objective, that and its derivatives, or how recordings of another run change.
  enum class Purpose { simulate, evaluate, differentiate, follow } purpose = Purpose::simulate;
  std::unique_ptr<Observation> observation; ///< of an objective
  size_t moved = 0;                         ///< which parameter of the tangent, where a run follows
  Body *beside = nullptr;                   ///< the run whose recordings change, which takes the curves
  std::deque<SensitivityCurve> curves;      ///< that it has been given, where recordings are kept
  size_t expected = 0;                      ///< how many parameters these are of
  std::set<size_t> followed;                ///< those that it has been given, to the end
  bool keepsCurves = false; ///< of a program with tangents: what the objective reads, and its changes
  std::shared_ptr<ObjectivePlan> objectivePlan; ///< of the last of these: data are read, and what is made of them, once

  std::unique_ptr<Recorder> recorder;
  std::vector<int> recordStreams; ///< per record
  std::vector<Recording> kept;
  std::shared_ptr<OutputFile> file;
  std::vector<Summary> summaries;
  std::vector<Drawing> plots;
  LanePlace lane;
  std::chrono::steady_clock::time_point lastFlush;
  std::vector<std::string> buildWarnings; ///< what was found when the network was built
  Results results;
};

} // namespace bdc::runtime
