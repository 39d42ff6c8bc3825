/// From parameters to the first step: derive, check, plan, allocate, connect, start values.
#include "kernels/philox.h"
#include "runtime/memory/limits.h"
#include "runtime/simulate/body.h"
#include "runtime/simulate/files.h"
#include "runtime/simulate/observation.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc::runtime {
namespace {

Pace &paceOf(bdc_ctx *ctx) { return static_cast<Simulation::Body *>(ctx->host)->team.pace(); }
void signalFor(bdc_ctx *ctx, int32_t thread, int64_t done) { paceOf(ctx).signal(thread, done); }
void waitFor(bdc_ctx *ctx, int32_t thread, int64_t done) { paceOf(ctx).wait(thread, done); }
void flushFor(bdc_ctx *ctx, int32_t probe, int32_t thread) {
  static_cast<Simulation::Body *>(ctx->host)->recorder->flush(probe, thread);
}

} // namespace

Simulation::Body::Body(std::shared_ptr<const Program> p, Options o)
    : program(std::move(p)),
      options(std::move(o)),
      team(options.threads) {
  scalars.assign(program->descriptor.scalars.size(), 0.0);
  isSet.assign(scalars.size(), 0);
  const Descriptor &d = program->descriptor;
  results.experiment = d.experiment.empty() ? d.name : d.experiment;
  results.network = d.network;
  results.spiking = !d.queues.empty();
  results.hash = d.hash;
  results.precision = d.real == Type::f32 ? "f32" : "f64";
  results.seed = options.seed;
  results.threads = options.threads;
  results.compile_s = options.compile_s;
}

Status Simulation::Body::derive() {
  if (derived)
    return {};
  ctx.abi_version = BDC_ABI_VERSION;
  ctx.size = sizeof(bdc_ctx);
  ctx.scalars = scalars.data();
  ctx.is_set = isSet.data();
  ctx.seed = options.seed;
  ctx.threads = options.threads;
  program->derive(&ctx);
  if (!program->descriptor.data.empty()) {
    if (Status s = loadData(); !s)
      return s;
    program->derive(&ctx); // what depends on the data
    if (hasParts()) {
      if (Status s = makeParts(); !s)
        return s;
      program->derive(&ctx); // and on parts of them
    }
    if (Status s = checkColumns(); !s)
      return s;
  }
  derived = true;
  return {};
}

Connection Simulation::Body::connection(const Graph &g) const {
  Connection c;
  c.name = g.name;
  c.rule = g.rule;
  if (g.rule == Rule::random)
    c.probability = scalars[g.arguments[0]];
  else if (!g.arguments.empty())
    c.degree = std::llround(scalars[g.arguments[0]]);
  c.allowSelf = g.allowSelf;
  c.sameSpace = g.source == g.target;
  if (g.data >= 0)
    c.connections = &data[g.data]->connections;
  c.key = kernels::key(options.seed, g.key);
  c.sources = sizes.spaces[g.source];
  c.targets = sizes.spaces[g.target];
  auto end = [&](int scalar, int64_t size, int64_t otherwise) {
    if (scalar < 0)
      return otherwise;
    const int64_t at = std::llround(std::clamp(scalars[scalar], -9e15, 9e15));
    return at < 0 ? at + size : at;
  };
  auto part = [&](const Range &range, int64_t size) {
    // Strides beyond the size choose one element, like that of the size.
    const int64_t stride = range.stride < 0 ? 1 : std::llround(std::min(scalars[range.stride], static_cast<double>(std::max<int64_t>(size, 1))));
    return Part{end(range.first, size, 0), end(range.last, size, size), stride};
  };
  c.from = part(g.sourceRange, c.sources);
  c.to = part(g.targetRange, c.targets);
  return c;
}

EdgeValues Simulation::Body::edgeValues(const Graph &g) const {
  EdgeValues values;
  values.weightType = g.weightType;
  if (g.weight >= 0)
    values.weight = program->edges[g.weight];
  if (g.delay >= 0)
    values.delay = program->edges[g.delay];
  if (g.fraction >= 0)
    values.fraction = program->edges[g.fraction];
  if (g.maxDelay >= 0)
    values.maxDelay = std::llround(scalars[g.maxDelay]);
  return values;
}

/// An event adds to one number of its target, or to one of the slots of a ring.
int64_t Simulation::Body::bytesPerTarget(const Graph &g) const {
  const int64_t slots = g.delay >= 0 && g.maxDelay >= 0 ? std::llround(scalars[g.maxDelay]) + 1 : 1;
  return slots * sizeOf(program->descriptor.real);
}

Status Simulation::Body::fits(const MemoryPlan &plan) const {
  constexpr int64_t little = 64 << 20; // less than this there is
  if (options.maxMemory == 0 && plan.total() < little)
    return {};
  MemoryPlan together = plan;
  if (options.maxMemory > 0 && bytesBeside > 0)
    together.add("the run beside it", bytesBeside);
  return checkPlan(together, options.maxMemory);
}

/// What is available lacks already what others have taken.
int64_t Simulation::Body::memoryLeft() const {
  return std::max<int64_t>(1, memoryLimit(options.maxMemory) - (options.maxMemory > 0 ? bytesBeside : 0));
}

Result<MemoryPlan> Simulation::Body::makePlan(bool refuse) {
  if (Status s = derive(); !s)
    return s.error();
  if (!emptySlice)
    return emptySlice.error();
  const Descriptor &d = program->descriptor;
  Result<Sizes> read = readSizes(d, scalars, options.threads);
  if (!read)
    return read.error();
  sizes = std::move(*read);
  if (Status s = checkGiven(); !s)
    return s.error();
  MemoryPlan plan;
  for (size_t i = 0; i < d.arrays.size(); ++i)
    plan.add(d.arrays[i].name, Arena::rounded(sizes.stride[i] * sizes.rows[i] * sizeOf(d.arrays[i].type)));
  for (const auto &[array, values] : given)
    plan.add(fmt::format("the given values of {}", d.arrays[array].name), Arena::rounded(sizes.stride[array] * sizeOf(d.arrays[array].type)));
  for (const DataSource &source : d.data)
    if (source.weights >= 0 && !given.contains(source.weights))
      plan.add(fmt::format("the weights of {}", source.name), Arena::rounded(sizes.stride[source.weights] * sizeOf(d.arrays[source.weights].type)));
  for (size_t i = 0; i < d.queues.size(); ++i)
    plan.add(fmt::format("the spike lists of {}", d.queues[i].name), queueBytes(i));
  for (const Graph &g : d.graphs) {
    const Connection c = connection(g);
    if (Status s = checkConnection(c); !s)
      return s.error();
    const Blocks blocks = chooseBlocks(c, sizes.bounds[g.target], bytesPerTarget(g), cacheLevel2());
    const GraphBytes bytes = graphBytes(c, edgeValues(g), blocks, {g.byTarget, g.bySource});
    plan.add(fmt::format("the connections {}", g.name), bytes.kept);
    plan.transient = std::max(plan.transient, bytes.transient);
  }
  if (refuse) // before the recorders list their elements, which takes memory too
    if (Status s = fits(plan); !s)
      return s.error();
  if (Status s = declareOutputs(); !s)
    return s.error();
  recorder->plan(plan, sizes, options.threads);
  if (options.keepRecordings)
    for (const int stream : recordStreams)
      if (const Stream &s = recorder->stream(stream); s.kind != RecordKind::spikes)
        plan.add(fmt::format("what is kept of {}", s.text), (sizes.steps / s.interval + 1) * (s.elements + 1) * int64_t(sizeof(double)));
  if (observation)
    plan.add("the objective", observation->bytes());
  for (const Summary &summary : summaries)
    plan.add(fmt::format("the summary {}", summary.text), summary.accumulator->bytes());
  return plan;
}

/// Words of a slot of a queue: a line more for each thread than it has elements.
int64_t Simulation::Body::slotWords(int64_t elements) const {
  return (elements + BDC_LINE - 1) / BDC_LINE * BDC_LINE + int64_t(BDC_LINE) * options.threads;
}

Status Simulation::Body::allocateArrays() {
  const Descriptor &d = program->descriptor;
  const Error noMemory{ErrorKind::memory, "the system has no memory left for the states", "fewer elements"};
  arrays.clear();
  for (size_t i = 0; i < d.arrays.size(); ++i) {
    arrays.push_back(arena.take(sizes.stride[i] * sizes.rows[i] * sizeOf(d.arrays[i].type)));
    if (!arrays.back())
      return noMemory;
  }
  if (Status s = placeGiven(); !s)
    return s;
  queues.clear();
  for (size_t i = 0; i < d.queues.size(); ++i) {
    bdc_queue queue{};
    queue.space = d.queues[i].space;
    queue.stride = slotWords(sizes.spaces[queue.space]);
    queue.depth = static_cast<int32_t>(sizes.depth[i]);
    queue.list = arena.array<uint32_t>(queue.stride * queue.depth);
    if (!queue.list)
      return noMemory;
    queues.push_back(queue);
  }
  bounds.clear();
  for (const std::vector<int64_t> &space : sizes.bounds)
    bounds.insert(bounds.end(), space.begin(), space.end());
  ctx.arrays = arrays.data();
  ctx.stride = sizes.stride.data();
  ctx.queues = queues.data();
  ctx.bounds = bounds.data();
  ctx.sizes = sizes.spaces.data();
  ctx.host = this;
  ctx.signal = signalFor;
  ctx.wait = waitFor;
  ctx.flush = flushFor;
  return {};
}

/// How many of the connections of a connectome arrive at once because their delays were rounded to whole steps.
static int64_t lostDelays(const Connection &c, const EdgeValues &values, const bdc_graph &graph) {
  if (!c.connections || c.connections->lengths.empty() || !graph.delay || values.fraction)
    return 0;
  int64_t now = 0;
  for (int64_t source = 0; source < graph.sources; ++source) {
    const int64_t *piece = graph.piece + source * (graph.blocks + 1);
    now += std::count(graph.delay + piece[0], graph.delay + piece[graph.blocks], 0);
  }
  const double *lengths = c.connections->lengths.data(); // there may be room behind the last one
  const int64_t without = std::count(lengths, lengths + graph.edges, 0.0);
  return now < graph.edges ? std::max<int64_t>(now - without, 0) : 0; // all: no delays were meant
}

Status Simulation::Body::buildGraphs() {
  const Descriptor &d = program->descriptor;
  graphs.clear();
  buildWarnings.clear();
  results.edges = 0;
  for (const Graph &g : d.graphs) {
    if (options.interrupt && options.interrupt->load(std::memory_order_relaxed))
      return Error{ErrorKind::interrupted, "interrupted while the network was built; nothing has been simulated", {}};
    const Connection c = connection(g);
    const Blocks blocks = chooseBlocks(c, sizes.bounds[g.target], bytesPerTarget(g), cacheLevel2());
    Result<bdc_graph> graph = buildGraph(c, edgeValues(g), blocks, {g.byTarget, g.bySource}, &ctx, team, arena);
    if (!graph)
      return graph.error();
    graphs.push_back(*graph);
    if (g.isBeside)
      continue;
    if (const int64_t lost = lostDelays(c, edgeValues(g), *graph))
      buildWarnings.push_back(fmt::format("{} of the {} delays of {} are shorter than half a step of {:.10g} ms, and taken as 0 ms; a smaller dt "
                                          "keeps them, or `steps = interpolated`",
                                          lost, graph->edges, g.name.substr(0, g.name.rfind(".connections")), sizes.dt));
    const bool isSeen = d.spaces[g.target].isApart && d.spaces[g.target].regions < 0; // by sensors, which are none of the network
    results.edges += isSeen || g.isPast() ? 0 : graph->edges;
  }
  ctx.graphs = graphs.data();
  return {};
}

Result<MemoryPlan> Simulation::Body::initialise() {
  prepared = finished = failed = false;
  step = 0;
  nextChunk = 1;
  recorder.reset();
  graphs.clear(); // they lie in the arena
  arena.recycle();
  Result<MemoryPlan> plan = makePlan(true);
  if (!plan)
    return plan.error();
  if (Status s = fits(*plan); !s)
    return s.error();
  if (Status s = allocateArrays(); !s)
    return s.error();
  arena.touch(team);
  team.run([&](int thread) { program->init(&ctx, thread); });
  return plan;
}

Status Simulation::Body::prepare() {
  if (purpose == Purpose::simulate && !lane.file)
    if (Status s = mayWrite(options, program->descriptor); !s)
      return s;
  const auto start = std::chrono::steady_clock::now();
  const Result<MemoryPlan> plan = initialise();
  if (!plan)
    return plan.error();
  if (Status s = buildGraphs(); !s) // their delays may be params of elements
    return s;
  if (Status s = recorder->allocate(*program, sizes, ctx, arena); !s)
    return s;
  arena.trim();
  ctx.probes = recorder->probes();
  ctx.probe_count = recorder->size();
  shape = shapeOf(program->descriptor, scalars);
  stateBytes = 0;
  results.planned_bytes = plan->total();
  results.neurons = 0;
  for (size_t i = 0; i < sizes.spaces.size(); ++i)
    results.neurons += program->descriptor.spaces[i].isApart ? 0 : sizes.spaces[i];
  results.steps = 0;
  results.run_s = results.run_cpu_s = results.simulated_ms = 0;
  results.dt_ms = sizes.dt;
  results.interrupted = false;
  results.build_s = secondsSince(start); // files are none of the network
  if (Status s = openOutputs(); !s)
    return s;
  results.warnings = buildWarnings;
  results.peak_bytes = peakMemory();
  prepared = true;
  return {};
}

Status Simulation::Body::checkShape() {
  if (finished)
    return inputError("the run is finished", "prepare again to start over");
  if (failed)
    return inputError("the run has failed before", "prepare again to start over");
  if (derived)
    return {};
  if (givenAnew)
    return inputError("values of elements were given after the network was built", "prepare again: the run then starts over");
  if (Status s = derive(); !s)
    return s;
  if (shapeOf(program->descriptor, scalars) != shape)
    return inputError("a parameter was set that changes dt, a size, or what was made when the network was built: its connections, "
                      "their weights and delays, values of elements",
                      "prepare again: the run then starts over");
  Result<Sizes> read = readSizes(program->descriptor, scalars, options.threads);
  if (!read)
    return read.error();
  sizes.steps = read->steps;
  return {};
}

} // namespace bdc::runtime
