#include "toy.h"

#include "kernels/philox.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

namespace bdc::runtime::toy {
namespace {

Settings current; // defaults that `derive` of the next program starts from; read when a program is made

void derive(bdc_ctx *ctx, const Settings &s) {
  const double values[] = {0.1, s.duration, s.discard, s.size, s.probability, 1.5, 10, 10, 4, 4, 1e9, 1, 0, 10};
  for (int i = 0; i < decay; ++i)
    if (!ctx->is_set[i])
      ctx->scalars[i] = values[i];
  ctx->scalars[decay] = std::exp(-ctx->scalars[dt] / ctx->scalars[tau]);
}

uint32_t word(const bdc_ctx *ctx, int64_t element, int64_t step) {
  return static_cast<uint32_t>(kernels::drawWords<kernels::u64>(kernels::key(ctx->seed, 99), static_cast<uint64_t>(element),
                                                                static_cast<uint64_t>(step), 0)
                                   .w[0]);
}

void init(bdc_ctx *ctx, int32_t thread) {
  auto *v = static_cast<double *>(ctx->arrays[0]);
  for (int64_t i = ctx->bounds[thread]; i < ctx->bounds[thread + 1]; ++i)
    v[i] = word(ctx, i, -1) * 0x1p-32 * 10;
}

/// weight * (1 + ordinal / 1000): shows which edge got which value.
void edgeWeights(bdc_ctx *ctx, const uint64_t *groups, int64_t count, void *values) {
  for (int64_t i = 0; i < count * BDC_GROUP; ++i) {
    const auto ordinal = static_cast<double>((groups[i / BDC_GROUP] >> 32) + i % BDC_GROUP);
    static_cast<double *>(values)[i] = ctx->scalars[weight] * (1 + ordinal / 1000);
  }
}

void deliver(bdc_ctx *ctx, int32_t thread, int64_t step) {
  const bdc_graph &g = ctx->graphs[0];
  const bdc_queue &q = ctx->queues[0];
  auto *input = static_cast<double *>(ctx->arrays[1]);
  const int64_t slot = (step + q.depth - 1) % q.depth;
  for (int32_t b = g.thread_block[thread]; b < g.thread_block[thread + 1]; ++b) {
    for (int32_t t = 0; t < ctx->threads; ++t)
      for (uint32_t k = 1; k <= *bdc_spikes(ctx, &q, slot, t); ++k) {
        const uint32_t source = bdc_spikes(ctx, &q, slot, t)[k];
        const int64_t *piece = g.piece + source * (g.blocks + 1) + b;
        for (int64_t e = piece[0]; e < piece[1]; ++e)
          input[g.target[e]] += g.weight ? static_cast<const double *>(g.weight)[e] : ctx->scalars[weight];
      }
  }
}

void update(bdc_ctx *ctx, int32_t thread, int64_t step) {
  auto *v = static_cast<double *>(ctx->arrays[0]);
  auto *input = static_cast<double *>(ctx->arrays[1]);
  const bdc_queue &q = ctx->queues[0];
  const int64_t slot = step % q.depth;
  uint32_t *spikes = bdc_spikes(ctx, &q, slot, thread), fired = 0;
  for (int64_t i = ctx->bounds[thread]; i < ctx->bounds[thread + 1]; ++i) {
    v[i] = v[i] * ctx->scalars[decay] + input[i] + ctx->scalars[noise] * word(ctx, i, step) * 0x1p-32 * 0.1;
    input[i] = 0;
    if (step + 1 == static_cast<int64_t>(ctx->scalars[blowUp]) && i == 17)
      v[i] = std::nan("");
    if (v[i] >= ctx->scalars[threshold]) {
      v[i] = 0;
      spikes[++fired] = static_cast<uint32_t>(i);
    }
  }
  *spikes = fired;
}

void record(bdc_ctx *ctx, int32_t thread, int64_t sample) {
  for (int32_t p = 0; p < ctx->probe_count; ++p) {
    bdc_probe &probe = ctx->probes[p];
    if (sample < probe.first || sample % probe.interval != 0)
      continue;
    auto &share = probe.share[thread];
    if (probe.kind == 2) {
      const bdc_queue &q = ctx->queues[probe.queue];
      const int64_t slot = (sample - 1) % q.depth;
      const uint32_t *spikes = bdc_spikes(ctx, &q, slot, thread);
      for (uint32_t k = 1; k <= *spikes; ++k) {
        const uint32_t element = spikes[k];
        if (share.select && !share.select[element])
          continue;
        if (share.used == share.capacity)
          ctx->flush(ctx, p, thread);
        auto *pair = static_cast<int64_t *>(share.buffer) + 2 * share.used++;
        pair[0] = sample;
        pair[1] = element;
      }
      continue;
    }
    if (share.used == share.capacity)
      ctx->flush(ctx, p, thread);
    double *row = static_cast<double *>(share.buffer) + share.count * share.used++;
    for (int64_t i = 0; i < share.count; ++i)
      row[i] = static_cast<const double *>(probe.source)[share.elements[i]];
  }
}

int32_t run(bdc_ctx *ctx, int32_t thread, int64_t firstStep, int64_t steps) {
  for (int64_t step = firstStep; step < firstStep + steps; ++step) {
    deliver(ctx, thread, step);
    update(ctx, thread, step);
    record(ctx, thread, step + 1);
    if (ctx->threads > 1) {
      ctx->signal(ctx, thread, step - firstStep + 1);
      ctx->wait(ctx, thread, step - firstStep + 1);
    }
  }
  return BDC_OK;
}

void deriveCurrent(bdc_ctx *ctx) { derive(ctx, current); }

} // namespace

std::string spikeRecord(const std::string &select) {
  return fmt::format(R"json({{"text": "spikes(E)", "name": "E", "kind": "spikes", "queue": 0, "space": 0, "select": {}}})json",
                     select);
}
std::string traceRecord(const std::string &select) {
  return fmt::format(R"({{"text": "E.v", "name": "E.v", "kind": "array", "array": 0, "space": 0, "every": 11, "unit": "uV",
                          "factor": 1000, "select": {}}})",
                     select);
}

std::string descriptor(const Settings &s) {
  const char *names[] = {"dt",    "duration", "discard", "N",     "p",     "weight", "tau",  "threshold",
                         "noise", "depth",    "blow_up", "every", "first", "last",   "decay"};
  std::string scalars;
  for (int i = 0; i < scalarCount; ++i)
    scalars += fmt::format(R"({}{{"name": "{}", "unit": "", "settable": {}}})", i ? ", " : "", names[i], i < decay);
  const bool plain = s.rule == "one_to_one" || s.rule == "all_to_all";
  return fmt::format(R"({{"abi": 8, "hash": "00000000deadbeef", "name": "toy", "experiment": "test", "network": "Toy",
    "precision": "f64", "width": 1, "scalars": [{}], "duration": 1, "discard": 2,
    "spaces": [{{"name": "E", "size": 3}}],
    "arrays": [{{"name": "E.v", "space": 0, "unit": "mV", "factor": 1, "offset": 0, "kind": "hidden", "type": "real"}},
               {{"name": "E.input", "space": 0, "unit": "mV", "kind": "work", "type": "real"}}],
    "graphs": [{{"name": "E -> E", "source": 0, "target": 0, "rule": "{}", "arguments": [{}], "allow_self": false,
                 "key": "12345", "weight": {}, "delay": null, "by_target": {}}}],
    "queues": [{{"name": "E", "space": 0, "depth": 9}}],
    "records": {}, "summaries": {}, "plots": {}, "checks": [0]}})",
                     scalars, s.rule, plain ? "" : "4", s.drawnWeights ? R"({"function": 0, "type": "real"})" : "null",
                     s.byTarget, s.records, s.summaries, s.plots);
}

std::shared_ptr<const Program> program(const Settings &settings) {
  current = settings;
  Result<Descriptor> parsed = parseDescriptor(descriptor(settings));
  if (!parsed) {
    ADD_FAILURE() << parsed.error().message;
    std::abort();
  }
  auto made = std::make_shared<Program>();
  made->descriptor = std::move(*parsed);
  made->derive = deriveCurrent;
  made->init = init;
  made->run = run;
  made->edges = {edgeWeights};
  return made;
}

std::unique_ptr<Simulation> simulation(const Settings &settings, Options options) {
  auto made = Simulation::create(program(settings), std::move(options));
  if (!made) {
    ADD_FAILURE() << made.error().message;
    std::abort();
  }
  return std::move(*made);
}

} // namespace bdc::runtime::toy
