import KubernetesAPI

extension Parameter {
    func validate(at path: String) -> [FieldError] {
        var errors: [FieldError] = []
        if name.isEmpty || name.utf8.count > 63 {
            errors.append(FieldError("\(path).name", "must have 1…63 characters"))
        }
        guard let domain else {
            let given = domains.isEmpty ? "none is given" : "\(domains.count) are given"
            errors.append(
                FieldError(path, "\"\(name)\" needs exactly one of double, int, discrete and categorical; \(given)"))
            return errors
        }
        switch domain {
        case .double(let range): errors += range.validate(at: "\(path).double")
        case .int(let range): errors += range.validate(at: "\(path).int")
        case .discrete(let list): errors += values(list.values, at: "\(path).discrete.values")
        case .categorical(let list): errors += values(list.values, at: "\(path).categorical.values")
        }
        return errors
    }

    private func values<Value: Hashable>(_ values: [Value], at path: String) -> [FieldError] {
        if values.isEmpty { return [FieldError(path, "list at least one value")] }
        var seen: Set<Value> = []
        return values.enumerated().compactMap { index, value in
            seen.insert(value).inserted ? nil : FieldError("\(path)[\(index)]", "\(value) is listed twice; remove one")
        }
    }
}

extension Parameter.DoubleRange {
    fileprivate func validate(at path: String) -> [FieldError] {
        if !min.isFinite || !max.isFinite { return [FieldError(path, "min and max must be finite numbers")] }
        if min > max { return [FieldError("\(path).min", "\(min) is above max \(max); swap them")] }
        // Floating point: the difference may be infinite.
        if !(max - min).isFinite { return [FieldError(path, "the range is too wide to be drawn from")] }
        if scale == .log, min <= 0 {
            return [FieldError("\(path).min", "is \(min), but scale Log needs min above 0; raise min or use Linear")]
        }
        return []
    }
}

extension Parameter.IntRange {
    fileprivate func validate(at path: String) -> [FieldError] {
        let wrong =
            WholeNumbers.exactWithSign.errors(min, at: "\(path).min")
            + WholeNumbers.exactWithSign.errors(max, at: "\(path).max")
            + WholeNumbers.step.errors(step, at: "\(path).step")
        if !wrong.isEmpty { return wrong }
        if min > max { return [FieldError("\(path).min", "\(min) is above max \(max); swap them")] }
        let (width, overflow) = max.subtractingReportingOverflow(min)
        if overflow || width.dividedReportingOverflow(by: step).partialValue >= 1 << 53 {
            return [FieldError(path, "has too many values; raise step")]
        }
        return []
    }
}
