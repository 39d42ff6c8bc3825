# Takes from the front end's IR text what ties it to a target (exports.cpp says why).
/^target (datalayout|triple)/d
/^\$.* = comdat/d
s/,? comdat(,|$)/\1/
s/ comdat \{/ {/
s/(define|constant|=) linkonce_odr/\1 internal/
s/internal dso_local/internal/
/^attributes/s/ "[^"]*"(="[^"]*")?//g
/^!llvm\./d
s/^source_filename = .*/source_filename = "kernels"/
