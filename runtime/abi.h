// clang-format off
/// The only meeting place of generated code and the runtime.
///
/// A compiled program is objects that together export
///   bdc_descriptor, bdc_descriptor_size   the JSON text described below
///   bdc_derive(ctx)                       fills ctx->scalars from defaults and what was set
///   bdc_init(ctx, thread)                 initial values, where they are not 0, of the thread's share of every space
///   bdc_edges_<k>(ctx, groups, count, values)                     values (weights, delays) of groups of edges
///   bdc_run(ctx, thread, first_step, steps) -> status             the whole time loop
///   bdc_objective(ctx, terms, out)                                a number to be made small, and its derivatives ("objective")
///   bdc_run_lanes(ctxs, first_step, steps) -> status              the same of `lanes` runs at once ("lanes")
///   bdc_<role>(ctx, thread, first_step, steps) -> status          other loops ("loops"): see "gradient"
///   bdc_probe_<k>(ctx, elements, count, step, out)                a recorded expression for some elements
/// Lifecycle: derive (again after any change of a parameter) -> plan and allocate -> init -> build graphs (whose edges may read params of elements) -> run, run, …
/// All threads call `init` and `run` with the same arguments; inside `run` they wait for what they need of each other (`signal`, `wait`).
/// Generated code never allocates, locks, or touches a string. All numbers are in the coherent units (ms, mV, pA, nS, …).
///
/// Descriptor (JSON object; every index is a position in the named table):
///   abi          number, BDC_ABI_VERSION             hash       structure hash (16 hex digits)
///   name         experiment, network                  precision  "f64" | "f32" (the type `real` of arrays)
///   width        vector width of the generated code
///   scalars      [{name, unit, settable, whole?, merged?, given?}]     f64 table; [0] is `dt` (ms). `unit` is the user's unit for display,
///                                                      `factor` coherent -> that unit (value_in_unit = coherent * factor + offset)
///                merged: it was equal to others when the program was made and what they belong to was merged: compile again to set it
///                given: a scalar that the host sets to 1 where it sets this one: derivatives by what it is made of stop there
///                whole: the value must be a whole number (to rounding error), else the run is refused
///   duration, discard    scalar index (ms)
///   spaces       [{name, size: scalar, apart?, regions?}]    apart: its elements are none of the network (sensors)
///                regions: its elements are regions[`regions`], in their order
///   regions      [{name, data, size: scalar, except?, picks: [text…]}]   some of a connectome's: "label=lV1", "number=3", "slice=0:38:1", or
///                all but these; without picks all. `size` gets their number
///   labels       [{scalar, label, regions | data}]      the scalar gets the position of a label among regions, or among the rows of data
///   arrays       [{name, space, unit, factor, offset, kind, type, rows}]
///                kind: hidden | param | short_term | trace | delay | work; type: real | f64 | i32 | u8
///                rows: number of rows of `size` elements (scalar index, or absent for 1), e.g. the slots of a delay ring
///                given: a scalar that the host sets to 1 where it gives the values (bdc_ctx.given): derivatives stop there. It can give those of arrays of
///                one row and of the kinds param and hidden, if these are floating-point numbers
///                by_element: the rows of one element lie together, and all of them again behind the last, so that nobody goes round
///   graphs       [{name, source, target, rule, arguments: [scalar…], allow_self, key, weight, delay, max_delay}]
///                rule: one_to_one | all_to_all | random (p) | fixed_in_degree (k) | fixed_out_degree (k) | connectome
///                source_range / target_range: [first, last, stride scalar] when only a slice of a population takes part
///                (elements first … last - 1; negative ones count from the end); self: source == target element of one space
///                beside: the edges of another one with other weights, which are none of the network
///                by_target, by_source: true where the code sums over the edges of a target, of a source
///                key: decimal 64-bit name hash for the random streams
///                weight: null (homogeneous: a scalar read by the code) | {function: k, type: "real" | "f64"} per edge
///                delay: null (common or none) | {function: k} per edge, in whole steps, 0 … max_delay (scalar)
///                fraction: {function: k}, where delays are interpolated: what a delay has beyond its whole steps
///                rule connectome: the connections of data[`data`], in their order
///   data         [{name, facts: [scalar…], from: {file | generator, words: [text…], arguments: [{name, scalar}…]}, reads_lengths}]   read before anything is derived;
///                facts: the scalars that get the number of regions, the least and greatest weight and length; with `rows` (a scalar) it is a
///                matrix, from as many columns as regions
///                connections: a scalar that gets the number of connections; weights: the array (f64) with their weights, row by row, which the host always gives
///                from: {table: k, rows?, columns?: regions, row_slice?, column_slice?: {first, last, stride: scalars}}: a part of an earlier one
///   queues       [{name, space, depth: scalar}]        spike lists of the last `depth` steps
///   records      [{text, kind: "spikes" | "array" | "probe", queue | array | probe, space, select: {first, last, stride: scalars},
///                  every: scalar (ms), unit, factor, offset, name}]
///                select: as Python's slices, absent for all elements; every absent: every step; name: of the data set,
///                which is the population's for spikes; probe: function index, `type` of its samples: real | f64
///   summaries    [{text, function, arguments: [argument…], unit, factor, options: {name: scalar}}]
///   plots        [{text, function, arguments: [argument…], options: {name: scalar}}]
///                argument: {queue: k} | {array: k} | {record: k} | {probe: k, space: k, type} | {space: k} | {scalar: k} |
///                {summary: k} | {parameter: name} (of a plot of the function "against") |
///                {data: k, name: "weights" | "lengths" | ""} (of one of the function "connectome") |
///                {node: k} (of the objective, in a plot of the function "comparison"), each with
///                "name" for an option (`bin`), with "select" and "every" (scalar) where only a part is meant, and the
///                "text", "unit", "factor", "offset" of samples that no record has
///                summary functions and plots: see runtime/summarise/summarise.h and runtime/report/plots.h
///   lanes        absent, or the number of contexts that bdc_run_lanes takes: runs of one thread each, of which all sizes, rows, depths, the rows of
///                connections that are summed over with their delays in whole steps, the steps of samples, and the scalars of `alike` are equal
///   alike        [scalar…]
///   checks       [array…]  arrays searched for NaN and infinity between chunks
///   observed     [record…]  what the objective sees, with "adjoint": array, "rows": scalar where there is a gradient. The table has `rows`
///                rows (set by the host before anything is allocated): row 0 is zero, and the adjoint of sample k = step / interval
///                (steps counted from 1) lies in row 1 + k mod (rows - 1)
///   objective    {nodes: [{text, function, sources: [{observed | node | data: k}…], options: {name: scalar}}…], files: [{file, words: [text…], unit, factor, like?: observed}…],
///                leaves: [node…], unit, factor}: functionals of runtime/objective; bdc_objective gets the leaves' values and
///                gives the objective, its derivatives with respect to them, and those with respect to the gradient's parameters that are scalars (0 for
///                arrays) where they are read there; without a gradient the objective alone
///                maximise?: it is the negative of what was written
///   loops        roles of the loops beside the simulation's: "tape", "adjoint", "adjoint_past", "adjoint_start"
///   gradient     {segment: scalar, parameters: [{name, scalar | array, parts: [{array, factor?: scalar}…]}…]}
///                `segment`: rows of the arrays of kind "tape", set by the host. bdc_tape does what bdc_run does and keeps row step mod
///                segment; bdc_adjoint goes back over steps that were taped, from the end of the run to its beginning, segment by segment, with
///                the adjoints of the segment's samples in the tables; then bdc_adjoint_past over the steps before step 0, at least as many as
///                the longest ring has rows, then bdc_adjoint_start over step 0. Arrays of kind "adjoint" begin at zero. In the end the derivative with
///                respect to a scalar is the sum of all elements of its parts (f64), each times its factor; that of an array its one part, element by element.
///                That of the weights of a table has parts {array, edges: graph, factors?: graph}: the array's numbers (f64) lie in the order of the graph's
///                edges by source, and each counts times the weight that its edge has in `factors`, in the entry of the table that its edge was made of
///   tangent      {parameters: [{name, scalar | array, along: scalar | array}…]}: the program carries tangents along
///                a direction, which the host gives in the scalars and arrays `along`, for every parameter (0: it stays). `observed` of a
///                parameter: whose changes with it are asked for as curves. A record of `observed` then has a "tangent", a record of its changes in the same steps (of spikes: of every step; absent: nothing changes it), and
///                bdc_objective gets the leaves' values and then their tangents, and gives all that it gives without, and then its tangents
///   fit          {parameters: [{name, scalar | array, low?, high?: scalar, transform?: text, select?: {first, last, stride: scalars},
///                prior?: {function, arguments: [scalar…]}}…], method, options: {name: {scalar} | word}, steps?, starts?, screen?: scalar, spread?: word,
///                stop?: {loss, patience, tolerance, parameters, gradient, time: scalars}, uncertainty?}: runtime/optimise has the words. The derivative
///                by a parameter is that of the gradient's parameter with the same scalar or array
#ifndef BDC_RUNTIME_ABI_H
#define BDC_RUNTIME_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BDC_ABI_VERSION 8u

/// Edges by one of their ends: for each element the far ones (delay >= BDC_AHEAD - 1) first, both kinds in the order of the other ends.
/// Values may be read 16 numbers beyond the end.
typedef struct bdc_rows {
  const int64_t *offset;    ///< [elements + 1]
  const int64_t *far;       ///< [elements] the first edge that is not far
  const uint32_t *other;    ///< [edges] element at the other end
  const uint32_t *edge;     ///< [edges] position of that edge in `target`, `weight`, `delay` of the graph
  const void *weight;       ///< those of the graph in this order, or null
  const int32_t *delay;
  const void *fraction;
} bdc_rows;

/// Edges in compressed rows: one source after the other, the targets of each ascending. Targets are cut into blocks, so that a block's target
/// state stays in cache, and each row is cut into a piece for each block; a block belongs to one thread. Nothing a program computes depends on the cut.
typedef struct bdc_graph {
  int64_t sources, targets, edges;
  int32_t blocks;
  int32_t ahead;                ///< edges of a piece whose lines are worth asking for before the piece is reached
  const int32_t *thread_block;  ///< [threads + 1] first block of each thread
  const int64_t *piece;         ///< [sources][blocks + 1] first edge of each piece of a row, and the end of the last; between rows there may be unused room
  const uint32_t *target;       ///< per edge: target element
  const void *weight;           ///< per edge: real (or f64, see above), or null where homogeneous
  const int32_t *delay;         ///< per edge: whole steps, or null
  const void *fraction;         ///< per edge: real, what the delay has beyond `delay` whole steps, or null where delays are whole
  bdc_rows in, out;             ///< by target ("by_target"), by source ("by_source"); else zero
} bdc_graph;

/// Steps whose sums over the far past are made at once: what lies at least this many steps less one ago is known for all of them.
#define BDC_AHEAD 8

/// A connectome or a matrix: its connections by source, ascending targets. Numbers are coherent. Every list may be read 16 numbers beyond its end.
typedef struct bdc_data {
  int64_t size, edges;
  const int64_t *offset;   ///< [size + 1]
  const uint32_t *target;  ///< [edges]
  const double *weight, *length;
} bdc_data;

/// Edges of a row whose values are made together: they share blocks of random numbers.
#define BDC_GROUP 16

/// Numbers of 32 bits in a cache line.
#define BDC_LINE 16

/// Spike lists of one space. The list of step s (counted from 1) is slot (s - 1) mod depth. In a slot every thread has lines of its own: from
/// word bounds[space][t] + BDC_LINE * t on, the number of thread t's spikes, then their elements, ascending. So the segments in thread order are
/// the whole list in ascending order, and one line brings another thread both the number and the first spikes.
typedef struct bdc_queue {
  int64_t stride;  ///< words from one slot to the next, whole lines
  int32_t depth;
  int32_t space;
  uint32_t *list;  ///< [depth][stride]
} bdc_queue;

/// One recording. The code samples after every step s (counted from 1) with s % interval == 0 and s > discard.
/// Per thread: its own selected elements, in ascending order. `flush` is called when a thread's buffer is full.
typedef struct bdc_probe {
  int32_t kind;              ///< 0 array, 1 expression, 2 spikes
  int32_t type;              ///< 0 f32, 1 f64, 2 i32, 3 u8 (element type of `source` and of the buffer)
  int64_t interval, first;   ///< steps; samples after steps s >= first with (s % interval) == 0; spikes of steps s >= first
  const void *source;        ///< kind 0: the array
  void *function;            ///< kind 1: bdc_probe_<k>
  int32_t queue;             ///< kind 2: queue index
  int32_t reserved;
  struct __attribute__((aligned(64))) bdc_probe_share { // the threads' `used` are no neighbours
    const uint32_t *elements;  ///< selected elements of this thread
    int64_t count;             ///< kind 0, 1: their number; kind 2: 0 = all elements, else those with select[e] != 0
    const uint8_t *select;     ///< kind 2: per element of the space, or null for all
    void *buffer;              ///< kind 0, 1: [capacity][count] values; kind 2: [capacity] pairs (int64 s, int64 element)
    int64_t capacity, used;    ///< in samples (kind 0, 1) or spikes (kind 2)
  } *share;                    ///< [threads]
} bdc_probe;

enum { BDC_OK = 0, BDC_STOPPED = 1, BDC_FAULT = 2 };

typedef struct bdc_ctx {
  uint32_t abi_version, size;  ///< BDC_ABI_VERSION, sizeof(bdc_ctx)
  double *scalars;
  const uint8_t *is_set;       ///< per scalar: keep the value that is there
  void **arrays;               ///< aligned to 64 bytes, rows padded to a multiple of 64 bytes and of 16 elements and zero-filled
  const int64_t *stride;       ///< per array: numbers from one row to the next; by_element: from one element to the next
  const bdc_graph *graphs;
  const bdc_queue *queues;
  bdc_probe *probes;
  int32_t probe_count, threads;
  const int64_t *bounds;       ///< [spaces][threads + 1] first element of each thread; multiples of 16 except the last
  const int64_t *sizes;        ///< per space: elements
  uint64_t seed;
  /// How far the threads have come: numbers that begin at 0 with each call of `run` and grow. Never called with one thread.
  void (*signal)(struct bdc_ctx *, int32_t thread, int64_t done); ///< what this thread wrote before is seen by all who wait for `done`
  void (*wait)(struct bdc_ctx *, int32_t thread, int64_t done);   ///< returns when all other threads have signalled at least `done`
  void (*flush)(struct bdc_ctx *, int32_t probe, int32_t thread); ///< empties the share's buffer
  void *host;                  ///< the runtime's own
  const bdc_data *data;        ///< connectomes
  const void *const *given;    ///< per array: one row that `init` takes as it is, padded as the array's, or null where it makes the values itself
} bdc_ctx;

typedef void (*bdc_derive_fn)(bdc_ctx *);
typedef void (*bdc_init_fn)(bdc_ctx *, int32_t thread);
/// Advances by `steps` steps; `first_step` have been done before, so the first one goes from first_step * dt and is step
/// s = first_step + 1 for queues and probes; what happens at its end has the time s * dt.
typedef int32_t (*bdc_run_fn)(bdc_ctx *, int32_t thread, int64_t first_step, int64_t steps);
typedef int32_t (*bdc_run_lanes_fn)(bdc_ctx *const *, int64_t first_step, int64_t steps);
/// The random counter of an edge is (element: its ordinal in its source's row, step: the source), so a row can be drawn again at
/// any time. A group is BDC_GROUP edges of one row, the source in its low 32 bits and the first edge's ordinal, a multiple of BDC_GROUP, in
/// the high ones; behind the end of a row values have no meaning. `values` (real, or int32_t for delays) gets a group's values behind those of
/// the group before it. One group more than `count` is read, and written, where `count` is odd.
typedef void (*bdc_edges_fn)(bdc_ctx *, const uint64_t *groups, int64_t count, void *values);
typedef void (*bdc_objective_fn)(bdc_ctx *, const double *terms, double *out);
typedef void (*bdc_probe_fn)(bdc_ctx *, const uint32_t *elements, int64_t count, int64_t step, void *out);

/// Thread `thread`'s lines of a slot: the number of its spikes, then the spikes.
static inline uint32_t *bdc_spikes(const bdc_ctx *ctx, const bdc_queue *queue, int64_t slot, int64_t thread) {
  const int64_t first = ctx->bounds[queue->space * (ctx->threads + 1) + thread];
  return queue->list + slot * queue->stride + first + BDC_LINE * thread;
}

#ifdef __cplusplus
}
static_assert(sizeof(bdc_graph) == 192, "abi");
static_assert(sizeof(bdc_queue) == 24, "abi");
static_assert(sizeof(bdc_probe) == 56, "abi");
static_assert(sizeof(bdc_ctx) == 144, "abi");
#endif
#endif
