module aerie.dev/benchmarks/load

go 1.19
