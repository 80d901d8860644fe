import Glibc

/// Of a probability, which is taken to be no smaller than the smallest positive `Float`.
func naturalLogarithm(_ probability: Double) -> Double { log(max(probability, Double(Float.leastNonzeroMagnitude))) }
