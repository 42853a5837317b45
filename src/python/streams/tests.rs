use super::*;

fn code(text: &str) -> Code {
    let mut code = Code::default();
    code.add("source_a/source.py".to_owned(), text.to_owned());
    code
}

/// The names of streams, with a question mark where one may be named otherwise.
fn names(text: &str) -> Vec<String> {
    let code = code(text);
    let name = |stream: &PythonStream| {
        let names: Vec<&str> = stream.names.iter().map(String::as_str).collect();
        format!("{}{}", names.join("|"), if stream.may_be_named_otherwise { "?" } else { "" })
    };
    code.streams().streams.iter().map(name).collect()
}

const SOURCE: &str = "class SourceA(AbstractSource):\n    def streams(self, config):\n";

#[test]
fn names_are_followed_to_what_is_written() {
    let stream = |body: &str, call: &str| {
        let class = format!("class OrderLines(HttpStream):\n{body}");
        names(&format!("PREFIX = 'shop_'\n{class}\n{SOURCE}        return [{call}]\n"))
    };
    let plain = "OrderLines()";
    for (body, call, expected) in [
        ("    pass\n", plain, "order_lines"),
        ("    name = 'lines'\n", plain, "lines"),
        ("    @property\n    def name(self):\n        return 'lines'\n", plain, "lines"),
        (
            "    kind = 'x'\n    @property\n    def name(self):\n        return f'{self.kind}_lines'\n",
            plain,
            "x_lines",
        ),
        ("    name = PREFIX + 'lines'\n", plain, "shop_lines"),
        ("    @property\n    def name(self):\n        return self.__class__.__name__\n", plain, "OrderLines"),
        ("    @property\n    def name(self):\n        return 'a_' + super().name\n", plain, "a_order_lines"),
        (
            "    def __init__(self, name=None, **kwargs):\n        self._name = name\n    @property\n    def name(self):\n        return self._name or super().name\n",
            "OrderLines(name='lines')",
            "lines",
        ),
        (
            "    def __init__(self, name=None, **kwargs):\n        self._name = name\n    @property\n    def name(self):\n        if self._name:\n            return self._name\n        return super().name\n",
            plain,
            "order_lines",
        ),
        ("    pass\n", "OrderLines(name='lines')", "lines"),
        (
            "    def __init__(self, config):\n        self.config = config\n    @property\n    def name(self):\n        return 'a' if self.config else 'b'\n",
            "OrderLines(config)",
            "a|b",
        ),
        ("    @property\n    def name(self):\n        return self.config['name']\n", plain, "?"),
        (
            "    @property\n    def name(self):\n        for one in self.all:\n            return one\n",
            plain,
            "?",
        ),
        ("    @named\n    def name(self):\n        return 'a'\n", plain, "?"),
        ("    name = 'a'\n    def rename(self):\n        self.name = 'b'\n", plain, "?"),
        ("    @property\n    def name(self):\n        return self.name\n", plain, "?"),
    ] {
        assert_eq!(stream(body, call), [expected], "{body}{call}");
    }
}

#[test]
fn what_a_stream_hands_its_parent_and_what_nothing_lists_are_no_streams() {
    let classes = "class Base(HttpStream):\n    primary_key = 'id'\n\
        class Orders(Base):\n    pass\nclass Lines(Base):\n    pass\nclass Left(Base):\n    pass\n\
        class Extractor:\n    primary_key = 'id'\n";
    let listed = |body: &str| names(&format!("{classes}{SOURCE}{body}"));
    assert_eq!(listed("        return [Lines(parent=Orders())]\n"), ["lines"]);
    assert_eq!(listed("        orders = Orders()\n        return [Lines(orders), Extractor()]\n"), ["lines"]);
    assert_eq!(
        listed("        orders = Orders()\n        return [orders, Lines(orders)]\n"),
        ["lines", "orders"]
    );
    assert_eq!(listed("        all = []\n        all.append(Orders())\n        return all\n"), ["orders"]);
    assert_eq!(listed("        return [self.facade(Orders())]\n"), ["orders"]);
    assert_eq!(listed("        for one in (Orders, Lines):\n            yield one()\n"), ["lines", "orders"]);
    assert_eq!(listed("        assert isinstance(self, Orders)\n        return [Lines()]\n"), ["lines"]);
    assert_eq!(
        listed(
            "        args = {'a': 1}\n        more = {**args, 'name': 'n'}\n        return [Lines(**more)]\n"
        ),
        ["n"]
    );
    assert_eq!(
        listed("        args = {'a': 1}\n        args['name'] = 'n'\n        return [Lines(**args)]\n"),
        ["lines"],
        "no class of the package takes a name, and what is handed on is not followed"
    );
}

#[test]
fn keys_and_cursors_are_literals_or_open() {
    let key = |body: &str| {
        let code = code(&format!("class A(HttpStream):\n{body}{SOURCE}        return [A()]\n"));
        code.streams().streams[0].primary_key.clone()
    };
    let known = |key: &[&[&str]]| {
        Told::Known(key.iter().map(|path| path.iter().map(|&name| name.to_owned()).collect()).collect())
    };
    assert_eq!(key("    primary_key = 'id'\n"), known(&[&["id"]]));
    assert_eq!(key("    primary_key = ['a', 'b']\n"), known(&[&["a"], &["b"]]));
    assert_eq!(key("    primary_key = [['a', 'b']]\n"), known(&[&["a", "b"]]));
    assert_eq!(key("    primary_key = None\n"), known(&[]));
    assert_eq!(key("    keys = ['a']\n    primary_key = [*keys, 'b']\n"), known(&[&["a"], &["b"]]));
    assert_eq!(key("    primary_key = KEY\n"), Told::Open);
    assert_eq!(key("    if X:\n        primary_key = 'id'\n"), Told::Open);
    assert_eq!(key("    def primary_key(self):\n        return self.schema['key']\n"), Told::Open);
    let cursor = |body: &str, base: &str| {
        let code = code(&format!("class A({base}):\n{body}{SOURCE}        return [A()]\n"));
        code.streams().streams[0].cursor_field.clone()
    };
    assert_eq!(cursor("    pass\n", "HttpStream"), Told::Known(Vec::new()));
    assert_eq!(cursor("    pass\n", "SomeStream"), Told::Open, "a class from elsewhere may have one");
    assert_eq!(cursor("    cursor_field = 'at'\n", "SomeStream"), Told::Known(vec!["at".to_owned()]));
}

#[test]
fn a_schema_file_says_which_streams_are_built_from_it() {
    let text = "class Report(HttpStream):\n    schema_name = 'basic'\n    def get_json_schema(self):\n        \
        return ResourceSchemaLoader('source_a').get_schema(self.schema_name)\n\
        class Daily(Report):\n    pass\nclass Other(Report):\n    schema_name = 'other'\n\
        class Plain(HttpStream):\n    pass\nclass Built(HttpStream):\n    def get_json_schema(self):\n        return {}\n\
        class Anything(HttpStream):\n    def get_json_schema(self):\n        return json.load(open(self.path))\n";
    let of = |file: &str, listed: &str| {
        let code = code(&format!("{text}{SOURCE}        return [{listed}]\n"));
        let found = code.streams().of_file(file);
        let names: Vec<String> = found.known.keys().map(|name| (*name).to_owned()).collect();
        (names.join(" "), found.is_open)
    };
    let all = "Daily(), Other(), Plain(), Built()";
    assert_eq!(of("basic", all), ("daily".to_owned(), false));
    assert_eq!(of("other", all), ("other".to_owned(), false));
    assert_eq!(of("plain", all), ("plain".to_owned(), false));
    assert_eq!(of("daily", all), (String::new(), false), "its class names another file");
    assert_eq!(of("built", all), (String::new(), false));
    assert_eq!(of("basic", "Daily(), Anything()"), ("daily".to_owned(), true));
    assert!(of("basic", "globals()[name]()").1);
}

#[test]
fn what_is_not_built_any_more_is_told_from_what_cannot_be_known() {
    let classes = "class Orders(HttpStream):\n    pass\nclass Custom(HttpStream):\n    def __init__(self, name):\n        \
        self._name = name\n    @property\n    def name(self):\n        return self._name\n";
    let with = |listed: &str| code(&format!("{classes}{SOURCE}        return [{listed}]\n"));
    let (both, dynamic) = (with("Orders(), Custom(config['name'])"), with("Custom(config['name'])"));
    assert_eq!(both.streams().builds("orders"), Some(true));
    assert_eq!(dynamic.streams().builds("orders"), None);
    assert_eq!(dynamic.streams().builds_after("orders", both.streams()), Some(false));
    assert_eq!(with("Invoices()").streams().builds("invoices"), None, "a class from elsewhere");
    assert_eq!(with("Orders()").streams().builds("invoices"), Some(false));
    assert_eq!(
        code("class SourceA(AbstractSource):\n    def discover(self): ...\n").streams().builds("a"),
        None
    );
    assert_eq!(code("class (").streams().builds("a"), None);
}

#[test]
fn which_packages_load_a_manifest() {
    let declarative = "class SourceA(YamlDeclarativeSource):\n    def __init__(self):\n        super().__init__(path_to_yaml='manifest.yaml')\n";
    let adds = format!("{declarative}    def streams(self, config):\n        return []\n");
    let python = format!("class A(HttpStream): pass\n{SOURCE}        return [A()]\n");
    let told = |text: &str| (code(text).loads_a_manifest(), code(text).only_loads_a_manifest());
    assert_eq!(told(declarative), (Some(true), Some(true)));
    assert_eq!(told(&adds), (Some(true), Some(false)));
    assert_eq!(told(&python), (Some(false), Some(false)));
    assert_eq!(
        told("class Extractor(RecordExtractor): pass\n"),
        (Some(true), Some(false)),
        "components alone"
    );
    assert_eq!(told("class ("), (None, None));
}

#[test]
fn classes_in_circles_and_conditions_without_end_end() {
    let circle = "class A(B, HttpStream):\n    pass\nclass B(A):\n    @property\n    def name(self):\n        return super().name\n";
    assert_eq!(names(&format!("{circle}{SOURCE}        return [A()]\n")).len(), 1);
    let mut many = "class A(HttpStream):\n    @property\n    def name(self):\n".to_owned();
    for index in 0..60 {
        many.push_str(&format!("        if self.x{index}:\n            return 'a{index}'\n        elif self.y{index}:\n            return 'b'\n"));
    }
    let found = names(&format!("{many}{SOURCE}        return [A()]\n"));
    assert!(found.len() == 1 && found[0].ends_with('?'), "{found:?}");
    let twice: String = (0..40)
        .map(|index| {
            format!(
                "    @property\n    def p{index}(self):\n        return self.p{0} or self.p{0}\n",
                index + 1
            )
        })
        .collect();
    let class =
        format!("class A(HttpStream):\n    @property\n    def name(self):\n        return self.p0\n{twice}");
    assert_eq!(names(&format!("{class}{SOURCE}        return [A()]\n")), ["?"]);
    let deep: String = (0..30).map(|index| format!("class C{}(C{index}):\n    pass\n", index + 1)).collect();
    assert_eq!(
        names(&format!("class C0(HttpStream): pass\n{deep}{SOURCE}        return [C30()]\n")).len(),
        1
    );
}

#[test]
fn only_what_a_source_may_list_is_a_stream() {
    let classes = "class Orders(HttpStream):\n    pass\nclass Shops(HttpStream):\n    pass\n";
    let listed = |body: &str| names(&format!("{classes}{SOURCE}{body}"));
    for parent in [
        "        shops: Shops = Shops()\n        return [Orders(shops)]\n",
        "        args = {'parent': Shops()}\n        return [Orders(**args)]\n",
        "        return [Orders(parents=[Shops()])]\n",
        "        return [Orders(parent=Shops)]\n",
        "        for one in Shops().read_records():\n            pass\n        return [Orders()]\n",
        "        Shops.helper()\n        return [Orders()]\n",
        "        shops = Shops() if config else Shops(1)\n        list(x for x in shops.read())\n        return [Orders()]\n",
        "        return [one for one in (Orders(),) if type(one) not in (Shops,)]\n",
    ] {
        assert_eq!(listed(parent), ["orders"], "{parent}");
    }
    let at_top = |text: &str| names(&format!("{classes}{text}{SOURCE}        return [ORDERS]\n"));
    assert_eq!(at_top("ORDERS = Orders()\n"), ["orders"]);
    assert_eq!(
        at_top("ORDERS = Orders()\nAny = Union[Orders, Shops]\nT = TypeVar('T', bound=Shops)\n"),
        ["orders"]
    );
    let alias = "from .streams import Orders as Sold\nfrom airbyte_cdk import HttpStream as Base\n";
    let renamed = code(&format!("{alias}class Orders(Base):\n    pass\n{SOURCE}        return [Sold()]\n"));
    assert_eq!(renamed.streams().builds("orders"), Some(true));
}

#[test]
fn what_may_list_any_stream_leaves_it_open() {
    let classes = "class Orders(HttpStream):\n    pass\nclass Shops(HttpStream):\n    pass\n";
    for body in [
        "        return [Orders(), *inspect.getmembers(streams)]\n",
        "        return [Orders(), *streams.__dict__]\n",
        "        return [Orders(), getattr(source_a.streams, name)()]\n",
        "        return [Orders(), type(name, (base,), {})()]\n",
        "        class Inner(make(base)):\n            pass\n        return [Orders(), Inner()]\n",
    ] {
        assert_ne!(
            code(&format!("{classes}{SOURCE}{body}")).streams().builds("shops"),
            Some(false),
            "{body}"
        );
    }
    let elsewhere =
        format!("from shop_common.streams import Sold\n{classes}{SOURCE}        return [Orders(), Sold()]\n");
    assert_ne!(
        code(&elsewhere).streams().builds("shops"),
        Some(false),
        "a class of another package may have any name"
    );
    let library =
        format!("from airbyte_cdk import Limiter\n{classes}{SOURCE}        return [Orders(), Limiter()]\n");
    assert_eq!(code(&library).streams().builds("shops"), Some(false));
    let renames = format!(
        "{classes}class SourceB(YamlDeclarativeSource):\n    def streams(self, config):\n        for one in super().streams(config):\n            one.name = 'x'\n            yield one\n"
    );
    assert_ne!(code(&renames).streams().builds("shops"), Some(false));
}

#[test]
fn a_key_that_may_be_given_otherwise_is_open() {
    let key = |classes: &str, call: &str| {
        let code = code(&format!("{classes}{SOURCE}        return [{call}]\n"));
        code.streams().streams.iter().map(|stream| stream.primary_key.clone()).next_back()
    };
    let takes = "class Base(HttpStream):\n    def __init__(self, auth, primary_key=None):\n        self.primary_key = primary_key\n";
    let id = Some(Told::Known(vec![vec!["id".to_owned()]]));
    assert_eq!(key(takes, "Base(auth, 'id')"), id);
    let by_position = format!(
        "{takes}class A(Base):\n    def __init__(self, auth):\n        super().__init__(auth, 'id')\n"
    );
    assert_eq!(key(&by_position, "A(auth)"), id);
    for (classes, call) in [
        (
            "class A(HttpStream):\n    def __init__(self, primary_key=None):\n        primary_key = primary_key or 'id'\n        self.primary_key = primary_key\n",
            "A()",
        ),
        (
            "class A(HttpStream):\n    primary_key = 'id'\n    def __init__(self):\n        self.primary_key, self.x = 'a', 1\n",
            "A()",
        ),
        (
            "class A(HttpStream):\n    primary_key = ['id']\n    def __init__(self):\n        self.primary_key.append('a')\n",
            "A()",
        ),
        (
            "class A(HttpStream):\n    primary_key = 'id'\n    def __init__(self):\n        setattr(self, key, 'a')\n",
            "A()",
        ),
        (
            "class B(HttpStream):\n    def __init__(self):\n        self.primary_key = 'b'\nclass A(B):\n    def __init__(self):\n        self.primary_key = 'a'\n        super().__init__()\n",
            "A()",
        ),
        ("class B(HttpStream):\n    primary_key = 'id'\nclass A(KeyMixin, B):\n    pass\n", "A()"),
        ("class B(HttpStream):\n    primary_key = 'id'\nclass A(keyed('a'), B):\n    pass\n", "A()"),
        ("@keyed\nclass A(HttpStream):\n    primary_key = 'id'\n", "A()"),
        ("class A(HttpStream, key='a'):\n    primary_key = 'id'\n", "A()"),
    ] {
        assert_eq!(key(classes, call), Some(Told::Open), "{classes}");
    }
    assert_eq!(key("class A(HttpStream, metaclass=ABCMeta):\n    primary_key = 'id'\n", "A()"), id);
}

#[test]
fn of_two_classes_of_one_name_the_imported_one_counts() {
    let package = |from: &str| {
        let mut code = Code::default();
        let class = |key: &str| format!("class Orders(HttpStream):\n    primary_key = '{key}'\n");
        code.add("source_a/v1/streams.py".to_owned(), class("id"));
        code.add("source_a/v2/streams.py".to_owned(), class("uuid"));
        let import = format!("from {from} import Orders\n");
        code.add("source_a/source.py".to_owned(), format!("{import}{SOURCE}        return [Orders()]\n"));
        code.streams().streams.iter().map(|stream| stream.primary_key.clone()).collect::<Vec<_>>()
    };
    let known = |key: &str| Told::Known(vec![vec![key.to_owned()]]);
    assert_eq!(package(".v1.streams"), [known("id")]);
    assert_eq!(package("source_a.v2.streams"), [known("uuid")]);
    assert_eq!(package(".all"), [Told::Open, Told::Open]);
}

#[test]
fn code_that_is_wide_instead_of_deep_ends() {
    let wide = [
        format!("x = {}a\n", "a or ".repeat(60_000)),
        format!(
            "T = '{}'\nclass A(HttpStream):\n    name = f\"{}\"\n",
            "t".repeat(100_000),
            "{T}".repeat(3_000)
        ),
        (0..5_000).map(|index| format!("class C{}(C{index}):\n    pass\n", index + 1)).collect(),
        format!("class A(HttpStream): pass\n{SOURCE}        return [{}]\n", "A(), ".repeat(20_000)),
    ];
    for text in wide {
        let _ = code(&text).streams().builds("a");
    }
}
